"""The tables of signs that `engines.names` asks for, from OpenCC, pypinyin and ToJyutping."""

from __future__ import annotations

import unicodedata
from functools import cache, lru_cache
from typing import Any

from qinglian.faults import Fault
from qinglian.faults import noop as _


def missing(module: str, extra: str = "names") -> Fault:
    return Fault(
        _("%(module)s is not installed here; say: pip install 'qinglian[%(extra)s]'"),
        module=module,
        extra=extra,
    )


class LibraryScripts:
    """Scripts by the libraries of the `names` extra, each loaded when it is first asked."""

    def __init__(self) -> None:
        try:
            import opencc
            from pypinyin.pinyin_dict import pinyin_dict  # type: ignore[import-untyped, unused-ignore]
        except ImportError as error:
            raise missing(error.name or "opencc") from None
        self._convert = opencc.OpenCC("t2s").convert
        self._convert_hk = opencc.OpenCC("hk2s").convert
        self._read: dict[int, str] = pinyin_dict
        self.pinyin = lru_cache(maxsize=60_000)(self._pinyin)
        self.jyutping = lru_cache(maxsize=60_000)(self._jyutping)

    def simplify(self, text: str) -> str:
        plain: str = self._convert(text)
        again: str = self._convert_hk(plain)
        return again if len(again) == len(text) else plain if len(plain) == len(text) else text

    def _pinyin(self, sign: str) -> tuple[str, ...]:
        said = self._read.get(ord(sign), "") if len(sign) == 1 else ""
        return tuple(dict.fromkeys(_toneless(one) for one in said.split(",") if one))

    def _jyutping(self, sign: str) -> tuple[str, ...]:
        if sign.isascii():
            return ()
        found = cantonese().get_jyutping_candidates(sign)
        return tuple(dict.fromkeys(one.rstrip("123456") for _sign, said in found for one in said or ()))


@cache
def cantonese() -> Any:
    """Half a second to load; only names that are compared with Latin letters need it."""
    try:
        import ToJyutping  # type: ignore[import-untyped, unused-ignore]
    except ImportError:
        raise missing("ToJyutping") from None
    return ToJyutping


def _toneless(syllable: str) -> str:
    plain = unicodedata.normalize("NFD", syllable.replace("ü", "v").replace("ǖ", "v"))
    plain = plain.replace("u\u0308", "v")
    return "".join(sign for sign in plain if not unicodedata.combining(sign))
