"""A made-up language that searches well: real words first, invented ones after, as in Zipf's law."""

from itertools import accumulate
from random import Random

SIZE = 4_000

FREQUENT = """
time people way day work world life hand part place case week company system program question
number night point home water room mother area money story fact month lot right study book eye job
word business issue side kind head house service friend father power hour game line end member law
car city community name president team minute idea body information back parent face others level
office door health person art war history party result change morning reason research girl guy
moment air teacher force education garden river mountain kitchen bicycle library window letter
music forest bread paper table winter summer spring autumn island harbour bridge market village
evening station street colour light shadow stone field flower leaf branch root seed soil rain snow
cloud wind storm star moon sun sky ocean wave sand shell bird horse sheep honey apple pear plum
cherry lemon onion carrot potato pepper salt sugar butter cheese coffee tea wine glass bottle
spoon knife plate bowl basket chair lamp candle mirror clock picture frame thread needle wool
cotton silk leather wood iron copper silver gold wheel engine lever spring map compass journey
road path trail camp tent fire smoke ash bell drum guitar violin piano song verse poem novel
chapter page margin ink pencil brush canvas clay pottery museum theatre cinema gallery archive
software network server database query schema protocol signal message channel packet cache queue
thread process kernel compiler grammar syntax function variable pattern theory proof number logic
ethics memory dream silence patience courage kindness wonder doubt habit craft practice lesson
old new small large quiet loud slow quick bright dark warm cold open closed careful honest simple
curious gentle patient stubborn green blue red yellow white black early late local common rare
wild tame sharp soft heavy plain strange familiar distant near hidden useful broken borrowed
""".split()

ACCENTED = """
café crème jalapeño naïve façade rosé über Zürich Málaga piñata señor fiancée mañana château
pâté soufflé déjà brûlée smörgåsbord fjäll Łódź żubr čaj škola île garçon coração pão maçã öl
Ærø København Dvořák Brontë
""".split()

_STARTS = "b br c ch cl d dr f fl g gl gr h j k l m n p pl pr qu r s sh sl st t th tr v w z".split()
_MIDDLES = "a e i o u ai ea ee ou oa".split()
_ENDS = "l m n r s t nd nt rk st th ck ll mp".split()


def vocabulary() -> list[str]:
    """SIZE different words, the most frequent first; always the same ones."""
    random = Random("words")  # noqa: S311 (nothing secret)
    found = dict.fromkeys(FREQUENT)
    while len(found) < SIZE - len(ACCENTED):
        found[_invented(random)] = None
    words = list(found)
    for place, word in enumerate(ACCENTED):
        words.insert(40 + 25 * place, word)
    return words


def frequencies(size: int) -> list[float]:
    """Running totals of how often each of `size` words is used: the n-th 1/(n + 10) times."""
    return list(accumulate(1 / (place + 10) for place in range(size)))


def _invented(random: Random) -> str:
    syllables = random.choice((1, 2, 2, 2, 3))
    middle = "".join(random.choice(_STARTS) + random.choice(_MIDDLES) for _ in range(syllables))
    return middle + random.choice(_ENDS)
