"""One spelling for the many ways the same name is typed."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

HAN = "㐀-䶿一-鿿〇\U00020000-\U000323af"
MOST_SIGNS = 500
_HAN = re.compile(f"[{HAN}]")
_CODE = re.compile(r"""['";]\s*(--|/\*|or\b|drop\b|union\b)|<\w""", re.IGNORECASE)
_BETWEEN_HAN = re.compile(f"(?<=[{HAN}()])\\s+|\\s+(?=[{HAN}()])")
_BRACKETS = str.maketrans("[]{}〔〕【】〈〉《》「」『』", "()" * 8)
_DASHES = re.compile(r"[-‐-―~_/\\|]+")
_QUOTES = re.compile("['\"`´‘’“”′″]")
_DOTS = re.compile(f"[·•‧・]|(?<=[{HAN}])\\.|\\.(?=[{HAN}])")
# Glyphs that registers print for one another (old plates, Japanese firms, rare Han) and that no conversion
# table folds: each pair is the glyph and the sign it stands for.
_PAIRS = """
昇升 堃坤 凃涂 喆哲 甯宁 峯峰 拚拼 穀谷 鑛矿 栢柏 邨村 壻婿 锺钟 馀余 鉄铁 発发 広广 満满 竜龙 沢泽 辺边 亜亚
圏圈 戸户 駅驿 勲勋 栄荣 粋粹 﨑崎 浜滨 桜樱 徳德 黒黑 巻卷 気气 𠮷吉 㐂喜 氹凼 着著 菓果 蔴麻 煖暖 燄焰 餹糖
盌碗 渕渊 嶋岛 嵜崎 斎斋 恵惠 壱壹 弐贰 貮贰 塩盐 円圆 豊丰 囯国 実实 寳宝 彊强 髙高 栁柳 桒桑 濶阔 竒奇 粦磷
堦阶 墖塔 鬪斗 鬭斗 閙闹 鹻碱 甎砖 讬托 寗宁 寕宁 籐藤 薬药 呉吴 煆煅 氷冰 凖准 鍳鉴 鑪炉 硏研 犁犂 姉姐 仝同
児儿 兎兔 剏创 刱创 劵券 厰厂 廰厅 夀寿 斈学 寛宽 対对 尅克 巗岩 嵒岩 帯带 弾弹 恊协 悳德 惪德 戯戏 拡扩 掲揭
擕携 収收 斉齐 昻昂 暎映 暁晓 曽曾 朖朗 楽乐 検检 権权 欝郁 歓欢 歩步 歳岁 浄净 滝泷 瀬濑 焼烧 営营 尒尔 犠牺
璢璃 畧略 疎疏 県县 碁棋 秊年 稲稻 穂穗 粛肃 経经 絵绘 総总 緖绪 缾瓶 翆翠 聡聪 聨联 脇胁 舎舍 艶艳 荘庄 萠萌
蔵藏 蛍萤 覇霸 覚觉 観观 訳译 譲让 賛赞 転转 辤辞 逓递 遅迟 郞郎 郷乡 鄕乡 醸酿 鐡铁 銕铁 銭钱 鋳铸 関关 闗关
闘斗 険险 隠隐 雑杂 霊灵 靑青 顕显 飜翻 飮饮 駆驱 験验 騐验 軆体 髪发 鶏鸡 黙默 齢龄 亀龟
"""
_GLYPHS = str.maketrans({pair[0]: pair[1] for pair in _PAIRS.split()})


# Signs that an eye or a scanner takes for one another; other than glyphs they are two signs.
_LOOK = """
未末 己已巳 日曰 戍戌戊 崇祟 侯候 冶治 洒酒 竞竟 睛晴 荼茶 拔拨 折析拆 暧暖 汩汨 沐沭 壸壶
盲育 兔免 徵微徽 辨辩 萧箫
"""
_LOOK_ALIKE = {sign: group[0] for group in reversed(_LOOK.split()) for sign in group}
# Cyrillic and Greek letters that look Latin: a word that mixes them with Latin letters is read as Latin.
_CONFUSED = str.maketrans("авеѕіјкмнорстухԁһοανρτικ", "abesijkmhopctyxdhoavptik")
_MIXED = re.compile(r"\b(?=\w*[a-z])(?=\w*[\u0370-\u052f])\w+\b")


def has_han(text: str) -> bool:
    return bool(_HAN.search(text))


def fold(text: str, simplify: Callable[[str], str]) -> str:
    """`text` in NFKC, simplified characters, lower case, plain brackets, single blanks, no control signs.

    simplify maps traditional to simplified, sign by sign. Nothing that tells two names
    apart is dropped: digits, letters and Han characters all stay.
    """
    plain = unicodedata.normalize("NFKC", text).translate(_BRACKETS)
    if not plain.isprintable():
        plain = "".join(" " if unicodedata.category(sign)[0] in "ZC" else sign for sign in plain)
    plain = _QUOTES.sub("", _DASHES.sub(" ", plain))
    if _HAN.search(plain):
        plain = _DOTS.sub("", _BETWEEN_HAN.sub("", simplify(plain)))
    return " ".join(plain.casefold().split())


def glyphs(text: str) -> str:
    """A looser folding for comparing: rare variants of a sign count as that sign."""
    return text.translate(_GLYPHS)


def looks(sign: str) -> str:
    """One sign for all that look alike: 未 and 末."""
    return _LOOK_ALIKE.get(sign, sign)


def latin(folded: str) -> str:
    """Letters without marks, `&` as and, look-alikes inside a Latin word as Latin, other signs as blanks."""
    folded = folded if folded.isascii() else _MIXED.sub(lambda hit: hit[0].translate(_CONFUSED), folded)
    bare = "".join(s for s in unicodedata.normalize("NFKD", folded) if not unicodedata.combining(s))
    bare = bare.replace("&", " and ").replace("ø", "o").replace("ß", "ss").replace("æ", "ae")
    return " ".join(
        re.sub(r"(?<=\b[a-z])\.(?=[a-z]\b)", "", re.sub(r"[^\w.]", " ", bare)).replace(".", " ").split()
    )


def noted(text: str) -> tuple[str, ...]:
    """What is odd about a name as typed: codes, in a fixed order."""
    found = []
    if not text.isprintable() and any(unicodedata.category(s) in ("Cc", "Cf", "Co", "Cn") for s in text):
        found.append("control-signs")
    letters = [sign for sign in text if sign.isalpha()]
    if not letters:
        found.append("no-letters")
    elif len(letters) == 1:
        found.append("one-sign")
    if len({_script(sign) for sign in letters}) > 1:
        found.append("mixed-scripts")
    if _CODE.search(text):
        found.append("looks-like-code")
    return tuple(found)


def _script(sign: str) -> str:
    if "一" <= sign <= "鿿" or _HAN.match(sign):
        return "HAN"
    return "LATIN" if sign.isascii() else unicodedata.name(sign, "OTHER ").split()[0]
