# ruff: noqa: E501
"""What invented people write: Chinese sentences whose words are as unevenly frequent as words are.

Nothing here is anybody's: names end in （示例）, registration numbers carry the division 000000, which no
enterprise has.
"""

from __future__ import annotations

import random

ASKERS = "我公司 我们企业 本公司 我们团队 本人 我们项目组 我们合伙企业 我们分支机构".split()
PLANS = "拟 计划 正在 已经 准备 希望 近期将 下个月拟".split()
VERBS = (
    "设立 变更 注销 迁入 续租 申请 备案 登记 核对 补交 更正 延期 合并 分立 公示 领取 撤销 增加 减少 转让 "
    "委托 翻译 公证 认证 抽查 整改 复核 报送 预约 安装 改造 扩建 搬迁 采购 招聘 培训 入驻 退租 质押 验收"
).split()
THINGS = (
    "营业执照 经营范围 注册地址 办公场地 研发中心 跨境业务 数据出境 人才住房 扶持资金 投资备案 股东名册 公证文书 "
    "法定代表人 外籍员工 工作许可 高层次人才 知识产权 商标注册 专利年费 仓储用地 保税货物 报关单证 食品经营许可 "
    "消防验收 环境评估 装修备案 广告牌匾 停车位 充电设施 道路占用 夜间施工 噪声投诉 垃圾清运 排水接入 用电增容 "
    "网络接入 印章刻制 银行开户 税务登记 发票领用 社保缴纳 公积金账户 劳动合同 实习协议 仲裁申请 信用修复 行政处罚 "
    "异常名录 年度报告 审计报告 财务报表 验资证明 汇率风险 融资租赁 商业保理 私募基金 小额贷款 供应链金融 绿色债券 "
    "碳排放 节能改造 绿色建筑 河道排口 海域使用 码头泊位 船舶登记 航运保险 冷链运输 跨境电商 直播场地 文化演出 电影拍摄 "
    "青年创业 孵化器 众创空间 大学生实习 港澳导师 律师执业 会计师执业 建筑师备案 医师执业 药品进口 医疗器械 临床试验 "
    "生物样本 实验动物 危险化学品 特种设备 电梯维保 计量检定 质量认证 标准制定 检测报告 抽样检验 产品召回 消费投诉 预付卡 "
    "合同纠纷 调解申请 招标公告 投标保证金 履约评价 政府采购 资产评估 国有股权 外汇登记 境外投资 返程投资 股权激励 上市辅导"
).split()
ENDS = (
    "需要哪些材料 由哪个单位办理 多长时间可以办结 能否网上办理 是否需要本人到场 怎样查询进度 依据是哪一条规定 "
    "可否容缺受理 是否收费 能否由代理人办理 材料是否要翻译 原件能否邮寄 有没有名额限制 被退回以后怎么办"
).split()
BECAUSE = (
    "因为上一次的申请被退回，没有说明缺少哪一页 两个窗口的说法不同，无法判断以哪个为准 合同下个月到期，时间比较紧 "
    "股东在香港，来回一次需要两天 系统提示的名称与营业执照不一致 已经打过电话，没有得到明确的答复 "
    "我们第一次在片区办理，不清楚先后顺序 邻近园区的企业办理时不需要这份材料"
).split()
REPLIES = (
    "演示答复：所需材料以指南所列为准，可以网上提交。 演示答复：已经转由承办人核对，材料齐全的按承诺时限办结。 "
    "演示答复：可以由代理人办理，请附委托书。 演示答复：不收取费用。 演示答复：请补充场地证明后再提交。"
).split()
# Two of these make a name, or a word that is rare: what people name their things.
SIGNS = (
    "青禾云海星河山川林木松柏桐梓兰芷荷蒲苇舟帆港湾汀洲屿岸潮汐风岚霁晴朗明曦晨昕暮夕月朔望岁序时令春夏秋冬"
    "金石玉瑾瑜珂玖琅琢磨砺锐锋钧铭鉴镜鼎钟磬弦瑟琴棋书画笔墨纸砚文翰章辞赋诗词曲调韵律节拍"
    "德仁义礼智信诚恒毅敏思慎勤俭和谐安宁静远博厚高广深宽正直方圆宏伟卓越启创新锐通达顺利丰盈裕泰祥瑞嘉佳美"
).replace(" ", "")
TRADES = "贸易 科技 设计 物流 文化 检测 咨询 食品 软件 供应链 生物 能源 建筑 传媒 教育 医疗".split()
SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜"


class Words:
    """A writer with a seed: the same calls give the same words."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)
        self.chance = self.dice.random

    def _one(self, of: list[str]) -> str:
        """The earlier, the more often: by a power law, as words of a language are."""
        return of[int(len(of) * self.chance() ** 2.2)]

    def coined(self) -> str:
        return self._coin(2)

    def _coin(self, n: int) -> str:
        return "".join(SIGNS[int(len(SIGNS) * self.chance())] for _ in range(n))

    def title(self) -> str:
        return f"{self._one(VERBS)}{self._one(THINGS)}{self._one(ENDS)}？"

    def detail(self) -> str:
        first = f"{self._one(ASKERS)}{self._one(PLANS)}{self._one(VERBS)}{self._one(THINGS)}"
        second = f"涉及{self.coined()}项目的{self._one(THINGS)}和{self._one(THINGS)}"
        third = f"{self._one(BECAUSE)}。请问{self._one(VERBS)}{self._one(THINGS)}{self._one(ENDS)}？"
        more = (
            f"另外，{self.coined()}大厦的{self._one(THINGS)}{self._one(ENDS)}？"
            if self.chance() < 0.4
            else ""
        )
        return f"{first}，{second}。{third}{more}"

    def reply(self) -> str:
        return (
            f"{self._one(REPLIES)}关于{self._one(THINGS)}，{self._one(BECAUSE)}，请按指南{self._one(VERBS)}。"
        )

    def items(self) -> str:
        return f"{self._one(THINGS)}的盖章页\n{self._one(THINGS)}的复印件"

    def enterprise(self, n: int) -> tuple[str, str]:
        """(name, number) of an enterprise that is none: two coined signs, and its own number in the name."""
        from qinglian.capabilities.parties.identifiers import check_character

        trade = self._one(TRADES)
        body = f"91000000MB{n:07}"
        return f"{self._coin(2)}{trade}{n}号（示例）有限公司", f"{body}{check_character(body)}"

    def person(self) -> str:
        return f"{SURNAMES[int(len(SURNAMES) * self.chance())]}{self._coin(1)}（示例）"
