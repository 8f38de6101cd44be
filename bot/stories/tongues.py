"""What Indonesian and English reports of one event share: names and numbers, written a little differently.

Countries and months are the names that change; people, towns and figures stay. The function words of both languages are no
evidence of anything but the language.
"""

from __future__ import annotations

INDONESIAN = frozenset(
    """
    ada adalah agar akan akibat aku antara apa atas atau bagi bagian bahkan bahwa baik banyak baru beberapa begitu
    belum berada berbagai bila bisa bukan cukup dalam dan dapat dari dari dengan depan dia di dini diri dua dulu
    guna hal hanya harus hari hingga ia ialah ini itu jadi jam jangan jelas jika juga kami kamu kan karena kata
    katanya ke kembali kepada ketika kini kita lagi lain lainnya lalu lebih macam maka mana masih melalui memang
    menjadi mereka merupakan meski meskipun mulai mungkin namun nanti nya oleh orang pada padahal para pasti per
    pernah pihak pukul pula pun punya saat saja salah sama sambil sampai sangat saya se sebab sebagai sebagian
    sebelum sebelumnya sebesar sebuah sebut secara sedang sedangkan sejak sejumlah sekarang sekitar selain selalu
    selama seluruh semakin semua sempat sendiri seorang seperti serta sesuai setelah setiap siapa sudah supaya
    tahun tak tambah tapi telah tentang tentu terhadap terjadi termasuk ternyata tersebut tetap tetapi tiap tidak
    tutur ucap ujar ujarnya ungkap untuk usai waktu wib wita wit yaitu yakni yang
    """.split()  # noqa: SIM905  # two hundred words read better without their quotation marks
)

ENGLISH = frozenset(
    """
    a about after again all also although an and another any are as at be because been before being between both
    but by can could day days did do does doing down during each few first for from had has have having he her here
    hers him his how i if in into is it its just last like made many may me might more most much must my new next no
    nor not now of off on once one only or other our out over own re s said same say says she should since so some
    still such t than that the their them then there these they this those through to too two under until up upon
    us ve very was we were what when where which while who whom whose why will with would year years yesterday
    you your
    """.split()  # noqa: SIM905
)

_PAIRS = """
    rusia russia, jepang japan, cina china, tiongkok china, tionghoa china, amerika america, inggris britain, jerman
    germany, prancis france, perancis france, belanda netherlands, spanyol spain, italia italy, turki turkey, mesir egypt,
    yunani greece, filipina philippines, singapura singapore, kamboja cambodia, selandia zealand, swiss switzerland,
    swedia sweden, norwegia norway, finlandia finland, polandia poland, ukraina ukraine, hungaria hungary, austria
    austria, ceko czech, rumania romania, belgia belgium, irlandia ireland, islandia iceland, portugis portugal,
    brasil brazil, meksiko mexico, kuba cuba, kanada canada, afrika africa, maroko morocco, aljazair algeria, libia
    libya, suriah syria, irak iraq, yordania jordan, lebanon lebanon, palestina palestine, arab arab, yaman yemen,
    kuwait kuwait, afganistan afghanistan, indonesia indonesia, papua papua, jawa java, sumatra sumatra, sumatera
    sumatra, sulawesi sulawesi, kalimantan kalimantan, eropa europe, asia asia, australia australia, korea korea,
    korut korea, korsel korea, januari january, februari february, maret march, mei may, juni june, juli july, agustus
    august, september september, oktober october, november november, desember december, senin monday, selasa tuesday,
    rabu wednesday, kamis thursday, jumat friday, sabtu saturday, minggu sunday, presiden president, menteri
    minister, gempa earthquake, banjir flood, kebakaran fire, pbb un, ue eu, persen percent, juta million, miliar
    billion, triliun trillion, dolar dollar, magnitudo magnitude, sanksi sanctions, rudal missile, pemilu election,
    universitas university, bank bank, grup group, final final, liga league, piala cup, polisi police
    """
_IN_ENGLISH = dict(pair.split() for pair in _PAIRS.split(","))


def same_in_english(folded: str) -> str:
    """The English spelling of an Indonesian name; any other word as it is."""
    return _IN_ENGLISH.get(folded, folded)


def is_common(folded: str) -> bool:
    """Is it a function word of one of the two languages?"""
    return folded in INDONESIAN or folded in ENGLISH
