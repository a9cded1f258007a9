"""Cut the fonts of letters out of Noto Sans CJK: `python tools/font.py FOLDER`, with Regular and Bold there.

Kept are the signs of GB 2312 with their traditional shapes, of the first level of Big5, of what Hong Kong
writes beside them, and of names. One face does for both scripts: with `locl` it holds the shapes of the
mainland and of Hong Kong. The bold face, for headings and what a letter stresses, has the signs of the first
level of GB 2312 and of what is written here. It takes a minute, and is done again only when the list changes.
Noto Sans CJK is under the SIL Open Font License 1.1 (OFL.txt beside the fonts), under which parts of it are
passed on.
"""

from __future__ import annotations

import sys
from pathlib import Path

import opencc
from fontTools import subset

ROOT = Path(__file__).parents[1]
OUT = ROOT / "src/qinglian/capabilities/cases/fonts"
_TRADITIONAL = [opencc.OpenCC(name).convert for name in ("s2t", "s2hk", "s2tw")]
# Cantonese, and places of Hong Kong, Macau and Guangdong.
HONG_KONG = (
    "嘅咗㗎嘢喺冇啲哋嚟噉咁乜嘥攞嗰啱佢唔𨋢𠺢𠻹𡃁𡁻咩喎嘞囉啩噃唞瞓嗌孭揾搵揸掟揼搣揦撳擰攰攞氹冚冧梘焗"
    "煲煱睇睺罅罉羗羣腍膶舖艔茘蓢薳蚬蜆衞裏諗踎軚輋邨邨鄺銹鎅鎚鏟鐳鑊閪陲鰂鱆鱲鷄鵰麪麵麫齋堃埗埔坳塱墈壆壢"
    "夀奀姸姗娿宻屌岃峯嵗嶪廸彅悋慤慳拃捞撚撘擸攋敨晧晳暎朖杞杬栢梹棊棶椗榦樑檯殭氷汎沕洤浧涷淥湴滘漖潀濶"
    "煇熺燶爉爝犂犇猄珉珮琍瑢璈甴畀癪癐盌眀瞌硏祤秄稈窰竪籮粦粿糉綉綫緖繒罟羗翀聼脷臈臢舨艇荎葓蔴蕴藴虢"
    "説閲啓鋭税脱悦蜕裏污牤坣碶碁氿崀澥鮀垟甪蠔蠄衍褦諉豉貝赧跣跴踭蹅躝輭逹遢鄱酧醖鈎鈪銱鋹鍚鍩鎭鏆鐡鑀鑛閂閪闆隣雞霑靚鞘韮頴顚颱飈餸餼駡騮髹鬦鮋鯇鰌鰣鱠鳯鴇鵪鷓鸊麖黐鼆"
)
# In names, and neither in GB 2312 nor in the first level of Big5.
NAMES = (
    "喆堃淼犇骉燚垚焱鑫昇旻旼晛晞晟暐曈曌朙杺栎梓棽楙榀槑槿樾橦檍欣歆洢洺浠浥涖涴淏淯淳湉湜溍溦漪潆潞澔澹濛瀚灏炀炘炜炫烜烨焓焜煊煐煖煜煦熠熹燊燏爔牧犎狄玎玏玓玗玘玙玚玞玟玠玡玢玥玦玧玭玹玿珂珃珅珈珉珏珐珑珒珖珙珞珣珦珧珩珪珮珲珵珺珽琀琄琅琇琊琎琏琚琟琡琤琥琦琨琪琫琬琭琮琯琰琲琳琴琵琶琼瑀瑁瑄瑅瑆瑊瑎瑑瑔瑕瑗瑛瑜瑝瑞瑟瑢瑧瑨瑭瑱瑷瑸瑾璀璁璆璇璈璋璎璐璒璘璜璞璟璠璥璧璨璩璪璬璮璱璲璴璵璸璺"
    "祎祐祾禔禛禤禵秾稘竑竣笪筠箓篁籽粲綦綪綮縠縯翀翃翎翚翯聃芃芊芓芩芮芷苡苧苳茀茜茝茹荃荇荞莘莜莳莼菀菡菥菲萁萱葭葳蒨蓁蓂蓓蔚蔺蕙蕤薇薏藜蘅虓虔蚨蛟蝶衎衔衿袆袁裎褀襄訚詝諴謇謜讱诎诒诓询诜诠诩谌谞豳赟赪赳趯跹轲轸辂辰迢逖逯遄邕邗邝郃郅郇郕郗郚郜郝郦郧郯鄞鄢鄱酆酩醴釭釴鈊鈏鈜鈡鉌鉷銈銎銶鋆鋐鋕鋹錀錞錤鍀鍈鍷鎏鎛鎣鏋鏐鏒鏓鏕鏠鏻鐏鐩鑅鑭铖铠铨铮铱锜锟锳锴镓镕镝闫闬闶闳阆阙陔隗雎雩霁霆霈霏霓霖霨霭靑靓靖靳鞅韡韫韬韶頔頠頵顓顗颋颎颐颙颢飏飖飗馗馨騄騊騋骁骅骊骎骐骕骜骢鬯魃魁鲲鲸鳌鳐鳯鵷鷟鸑鸾鹂鹓鹔鹞麓麟麴黇黎黟黻黼鼐齊龑龘龢㛃㑇㑊㕮㘎㙍㙘㙦㛚㛹㟃㠇㠓㤘㥄㧐㧑㧟㫰㬊㬎㬚㭎㭕㮾㰀㳇㳘㳚㴔㵐㶲㸆㸌㺄㻬㽏㿠䁖䂮䃅䃎䅟䌹䎃䎖䏝䏡䏲䐃䓖䓛䓨䓫䓬䗖䗛䗪䗴䜣䝙䢺䢼䣘䥽䦃䲟䲠䲢䴓䴔䴕䴖䴗䴘䴙䶮"
    "𠮷㐂髙﨑塚濵邊邉齋槗𠅘𠙶𫖯𫖮𫍽𫍲𫗴𬱖𬭎𬭸𬬭𬬻𫓧𬒈𬘓𬘡𬘩𬙂𬙊𬙋𬜬𬤇𬤊𬤝𬨂𬨎𬩽𬪩𬬩𬬮𬬱𬬸𬬹𬬿𬭁𬭊𬭚𬭛𬭤𬭩𬭬𬭭𬭯𬭳𬭶𬭼𬮱𬮿𬯀𬯎𬱟𬳶𬳽𬳿𬴂𬴃𬴊𬶋𬶍𬶏𬶐𬶟𬶠𬶨𬶭𬶮𬷕𬸘𬸚𬸣𬸦𬸪𬹼𬺈𬺓"
)
LATIN = "".join(map(chr, (*range(0x20, 0x7F), *range(0xA0, 0x180)))) + "–—‘’“”…‹›€™·•‧§¶№℃"
CHINESE = (
    "".join(map(chr, (*range(0x3000, 0x3020), *range(0xFF01, 0xFF5F), *range(0x2460, 0x2474)))) + "〇￥①〔〕"
)


def signs() -> str:
    """Every sign that the font shall hold: also whatever the platform and its packs write themselves."""
    found = _with_the_other_script(set(HONG_KONG + NAMES + LATIN + CHINESE + written()) | _gb2312(0xA1, 0xF8))
    for high in range(0xA1, 0xC7):
        for low in (*range(0x40, 0x7F), *range(0xA1, 0xFF)):
            found |= set(_read(bytes((high, low)), "big5"))
    return "".join(sorted(found))


def stressed() -> str:
    """Every sign that the bold face shall hold."""
    found = set(LATIN + CHINESE + written()) | _gb2312(0xB0, 0xD8)
    return "".join(sorted(_with_the_other_script(found)))


def _gb2312(first: int, end: int) -> set[str]:
    rows = [_read(bytes((high, low)), "gb2312") for high in range(first, end) for low in range(0xA1, 0xFF)]
    return set("".join(rows))


def _with_the_other_script(found: set[str]) -> set[str]:
    told = [convert(each) for each in found for convert in _TRADITIONAL]
    return found | {sign for sign in told if len(sign) == 1}


def written() -> str:
    """Every sign of the catalogues and the packs."""
    files = [*ROOT.glob("src/qinglian/locale/*/LC_MESSAGES/*.po"), *ROOT.glob("zones/**/*.*")]
    text = "".join(each.read_text("utf-8") for each in files if each.is_file())
    return "".join(sorted(sign for sign in set(text) if sign.isprintable()))


def _read(two: bytes, coding: str) -> str:
    try:
        return two.decode(coding)
    except UnicodeDecodeError:
        return ""


def cut(source: Path, wanted: str, features: list[str], out: Path) -> None:
    options = subset.Options()
    options.font_number = 2  # SC; in the collection of both weights
    options.layout_features = features
    options.hinting = False
    options.name_languages = ["*"]
    font = subset.load_font(str(source), options)
    maker = subset.Subsetter(options)
    maker.populate(text=wanted)
    maker.subset(font)
    out.parent.mkdir(exist_ok=True)
    subset.save_font(font, str(out), options)
    print(
        f"{out.name}: {out.stat().st_size:,} bytes;"
        f" of {len(wanted):,} signs asked for {len(font.getBestCmap()):,} are there"
    )


if __name__ == "__main__":
    LINE = ["kern", "locl", "liga", "palt", "halt", "ccmp"]
    whole = Path(sys.argv[1])
    cut(whole / "NotoSansCJK-Regular.ttc", signs(), [*LINE, "vert", "vrt2"], OUT / "NotoSansCJKsc-part.otf")
    cut(whole / "NotoSansCJK-Bold.ttc", stressed(), LINE, OUT / "NotoSansCJKsc-bold-part.otf")
