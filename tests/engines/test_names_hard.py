"""Pairs made to mislead: sisters told apart by a number, signs that look or sound alike, old spellings."""

from __future__ import annotations

import pytest

from qinglian.batch.names.tables import matcher
from qinglian.engines.names.numerals import han_numerals, value
from qinglian.engines.names.wade import by_wade, wade

MATCHER = matcher()
match = MATCHER.match


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("中铁二局集团有限公司", "中铁三局集团有限公司"),
        ("中铁二局第一工程有限公司", "中铁一局第二工程有限公司"),
        ("中国建筑第二工程局有限公司", "China Construction Third Engineering Bureau Co., Ltd."),
        ("中铁二局集团有限公司", "China Railway No. 3 Engineering Group Co., Ltd."),
        ("海澜贰号投资合伙企业", "海澜叁号投资合伙企业"),
        ("海澜Ⅱ号投资合伙企业", "海澜Ⅲ号投资合伙企业"),
        ("海澜廿一号投资合伙企业", "海澜廿二号投资合伙企业"),
        ("海澜一期物业有限公司", "海澜二期物业有限公司"),
        ("海澜甲号投资合伙企业", "海澜乙号投资合伙企业"),
        ("海澜有限公司深圳第一分公司", "海澜有限公司深圳第二分公司"),
        ("三一重工股份有限公司", "三二重工股份有限公司"),
        ("台州海澜科技有限公司", "泰州海澜科技有限公司"),
        ("苏州海澜科技有限公司", "宿州海澜科技有限公司"),
        ("海澜科技（深圳）有限公司", "海澜科技（广州）有限公司"),
        ("山西海澜科技有限公司", "Shaanxi Hailan Technology Co., Ltd."),
        ("永隆銀行有限公司", "Wing Hang Bank, Limited"),
        ("南山海澜科技有限公司", "福田海澜科技有限公司"),
    ],
)
def test_sisters_are_two(a: str, b: str) -> None:
    assert match(a, b).band == match(b, a).band == "none"


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("深圳市第一建筑有限公司", "深圳市第壹建筑有限公司"),
        ("深圳市第一建筑有限公司", "深圳市第1建筑有限公司"),
        ("中建二局", "中建2局"),
        ("海澜贰号投资合伙企业", "海澜2号投资合伙企业"),
        ("海澜廿一号投资合伙企业", "海澜二十一号投资合伙企业"),
        ("海澜II号投资合伙企业", "海澜二号投资合伙企业"),
        ("深圳市三六零科技有限公司", "深圳市360科技有限公司"),
        ("58海澜信息技术有限公司", "五八海澜信息技术有限公司"),
        ("Hаilаn Tеchnology Ltd", "Hailan Technology Ltd"),  # with Cyrillic letters
        ("中国建筑第二工程局有限公司", "China Construction Second Engineering Bureau Co., Ltd."),
        ("中铁二局集团有限公司", "China Railway No. 2 Engineering Group Co., Ltd."),
        ("臺北市海瀾有限公司", "台北市海澜有限公司"),
        ("ＴＣＬ科技集团股份有限公司", "TCL科技集团股份有限公司"),
        ("深圳市𠮷野家餐饮有限公司", "深圳市吉野家餐飲有限公司"),
        ("深圳市㐂来登酒店有限公司", "深圳市喜来登酒店有限公司"),
        ("東亞銀行有限公司", "The Bank of East Asia, Limited"),
        ("北京大学", "Peking University"),
        ("威海海澜集团有限公司东营分公司", "Dongying Branch of Weihai Hailan Group Co. Ltd"),
        ("安凯客车", "安徽安凯客车股份有限公司"),
        ("海德股份有限公司", "海南海德股份有限公司"),
        ("南山智尚科技有限公司", "山东南山智尚科技有限公司"),
        ("青島啤酒股份有限公司", "Tsingtao Brewery Company Limited"),
        ("重庆长安汽车股份有限公司", "Chongqing Changan Automobile Co., Ltd."),
    ],
)
def test_one_name_in_another_dress_is_one(a: str, b: str) -> None:
    assert match(a, b).band == match(b, a).band == "strong"


@pytest.mark.parametrize(
    ("a", "b", "kind"),
    [
        ("重庆长安汽车有限公司", "Zhongqing Zhangan Automobile Co., Ltd.", "brand-reading"),
        ("陕西海澜科技有限公司", "Shanxi Hailan Technology Co., Ltd.", "region-sound"),
        ("光華電子有限公司", "Kuang Hua Electronics Co., Ltd.", "brand-wade"),
        ("新昌電子有限公司", "Hsin Chang Electronics Ltd", "brand-wade"),
        ("中铁一局第二工程公司", "China Railway Second Bureau First Engineering Co", "numeral-order"),
        ("海澜科技有限公司", "海澜科技有限公司深圳分公司", "branch"),
        ("华为技术有限公司", "华伟技术有限公司", "brand-unsure"),
        ("威海海澜集团有限公司东营分公司", "Heze Branch of Weihai Hailan Group Co. Ltd", "branch"),
        ("未来科技有限公司", "末来科技有限公司", "brand-look"),
        ("日月光半导体有限公司", "曰月光半导体有限公司", "brand-look"),
    ],
)
def test_what_a_person_must_decide_is_review_and_says_why(a: str, b: str, kind: str) -> None:
    for found in (match(a, b), match(b, a)):
        assert found.band == "review"
        assert kind in {reason.kind for reason in found.limits}


HONG_KONG = """
    周大福 Chow Tai Fook; 周生生 Chow Sang Sang; 六福 Luk Fook; 李錦記 Lee Kum Kee; 恒隆 Hang Lung;
    長江 Cheung Kong; 永安 Wing On; 永隆 Wing Lung; 永亨 Wing Hang; 翠華 Tsui Wah; 太興 Tai Hing;
    奇華 Kee Wah; 鴻福堂 Hung Fook Tong; 協興 Hip Hing; 有利 Yau Lee; 俊和 Chun Wo; 惠記 Wai Kee;
    敏華 Man Wah; 南豐 Nam Fung; 裕元 Yue Yuen; 信德 Shun Tak; 麗新 Lai Sun; 康業 Hong Yip; 義合 Yee Hop;
    沙田 Shatin
"""
MACAU = """
    祐漢 Iao Hon; 筷子基 Fai Chi Kei; 塔石 Tap Seac; 黑沙 Hac Sa; 石排灣 Seac Pai Van; 西灣 Sai Van;
    南灣 Nam Van; 台山 Toi San; 新橋 San Kio; 梁 Leong; 陳 Chan; 賀一誠 Ho Iat Seng; 崔世安 Chui Sai On
"""


@pytest.mark.parametrize("pair", [pair.strip() for pair in HONG_KONG.split(";")])
def test_firms_of_hong_kong_are_found_by_their_own_spelling(pair: str) -> None:
    signs, said = pair.split(" ", 1)
    found = match(f"{signs}實業有限公司", f"{said} Industrial Company Limited")
    assert found.band == "strong", found.limits


@pytest.mark.parametrize("place", [place.strip() for place in MACAU.split(";")])
def test_macau_spells_its_places_and_people_so(place: str) -> None:
    signs, *said = place.split()
    wrong = [
        (sign, word)
        for sign, word in zip(signs, said, strict=True)
        if word.lower() not in MATCHER.readings.macau(sign)
    ]
    assert not wrong


def test_a_firm_of_macau_is_found_by_its_own_spelling() -> None:
    found = match("石排灣發展有限公司", "Seac Pai Van Development Ltd")
    assert found.band == "strong" and "mo-spelling" in {reason.kind for reason in found.evidence}


WADE = """
    zhong chung; guang kuang; xin hsin; jian chien; duo to; guo kuo; zuo tso; shuo shuo; tian tien; dong tung;
    xue hsueh; rong jung; xiong hsiung; jie chieh; suo so; ruo jo; he ho; gui kuei; er erh
"""


@pytest.mark.parametrize("pair", [pair.split() for pair in WADE.split(";")])
def test_wade_and_giles_spelled_so(pair: list[str]) -> None:
    pinyin, old = pair
    assert wade(pinyin) == old and pinyin in by_wade()[old]


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("第壹建筑", ["1"]),
        ("中建贰局", ["2"]),
        ("廿一号", ["21"]),
        ("壹佰零贰号", ["102"]),
        ("三六零科技", ["360"]),
        ("二〇一九投资", ["2019"]),
        ("大陆公司", []),  # 陆 is no six here
        ("大陆期货", []),
        ("华一期货", []),
        ("三一重工", []),
    ],
)
def test_numbers_are_told_from_words(text: str, numbers: list[str]) -> None:
    assert [number for _begin, _end, number in han_numerals(text)] == numbers


def test_formal_and_short_numerals_are_read() -> None:
    assert [value(text) for text in ("贰拾叁", "廿三", "卅", "壹仟零一")] == [23, 23, 30, 1001]
