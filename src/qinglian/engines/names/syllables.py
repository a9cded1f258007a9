"""Mandarin syllables in pinyin, and words cut into them."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

SYLLABLES = frozenset(
    """
ai an ang ao ba bai ban bang bao bei ben beng bi bian biao bie bin bing bo bu ca cai can cang cao ce
cen ceng cha chai chan chang chao che chen cheng chi chong chou chu chua chuai chuan chuang chui
chun chuo ci cong cou cu cuan cui cun cuo da dai dan dang dao de dei den deng di dian diao die ding
diu dong dou du duan dui dun duo en er fa fan fang fei fen feng fo fou fu ga gai gan gang gao ge gei
gen geng gong gou gu gua guai guan guang gui gun guo ha hai han hang hao he hei hen heng hong hou hu
hua huai huan huang hui hun huo ji jia jian jiang jiao jie jin jing jiong jiu ju juan jue jun ka kai
kan kang kao ke kei ken keng kong kou ku kua kuai kuan kuang kui kun kuo la lai lan lang lao le lei
leng li lia lian liang liao lie lin ling liu lo long lou lu luan lun luo lv lve ma mai man mang mao
me mei men meng mi mian miao mie min ming miu mo mou mu na nai nan nang nao ne nei nen neng ni nian
niang niao nie nin ning niu nong nou nu nuan nun nuo nv nve ou pa pai pan pang pao pei pen peng pi
pian piao pie pin ping po pou pu qi qia qian qiang qiao qie qin qing qiong qiu qu quan que qun ran
rang rao re ren reng ri rong rou ru ruan rui run ruo sa sai san sang sao se sen seng sha shai shan
shang shao she shei shen sheng shi shou shu shua shuai shuan shuang shui shun shuo si song sou su
suan sui sun suo ta tai tan tang tao te teng ti tian tiao tie ting tong tou tu tuan tui tun tuo wa
wai wan wang wei wen weng wo wu xi xia xian xiang xiao xie xin xing xiong xiu xu xuan xue xun ya yan
yang yao ye yi yin ying yo yong you yu yuan yue yun za zai zan zang zao ze zei zen zeng zha zhai
zhan zhang zhao zhe zhei zhen zheng zhi zhong zhou zhu zhua zhuai zhuan zhuang zhui zhun zhuo zi
zong zou zu zuan zui zun zuo
a e o
""".split()
)
LONGEST = 6
MOST_CUTS = 3


@lru_cache(maxsize=50_000)
def cuts(word: str) -> tuple[tuple[str, ...], ...]:
    """Up to three ways to read a word as pinyin, fewest syllables first; none when it is not pinyin."""
    if not 2 <= len(word) <= 36 or not word.isascii() or not word.isalpha():
        return ()
    found = []
    for cut in _cuts(word):
        found.append(cut)
        if len(found) == 2 * MOST_CUTS:
            break
    return tuple(sorted(found, key=len)[:MOST_CUTS])


def _cuts(word: str) -> Iterator[tuple[str, ...]]:
    if not word:
        yield ()
        return
    for length in range(min(LONGEST, len(word)), 0, -1):
        if word[:length] in SYLLABLES:
            for rest in _cuts(word[length:]):
                yield word[:length], *rest
