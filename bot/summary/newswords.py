"""Words that say little, and words that say something happened. Folded, Indonesian and English."""

from __future__ import annotations

import re


def _set(text: str) -> frozenset[str]:
    return frozenset(re.findall(r"\w+", text))


# Function words and the verbs of reporting: they say nothing about what a text is about.
EMPTY = _set("""
    yang dan di ke dari untuk pada dengan dalam ini itu juga tidak akan telah sudah oleh karena sebagai
    adalah ada bisa dapat saat para atau lebih tersebut menjadi kata ujar ia dia mereka kami kita saya bahwa
    hingga setelah masih secara namun tak lagi seperti antara hanya bagi serta sebuah lalu atas sementara
    merupakan agar jika usai nya pun hal pihak belum tetapi tapi sehingga ketika yakni yaitu kepada terhadap
    menurut mengatakan the of to in a an and on for that is was with as by at from has have had it its be
    are were been he she they his her their this which who will would said says not but or than after before
    about into over also more
""")

# A cue list (Edmundson 1969): what was agreed, decided, forbidden, alleged, won or lost. Made by hand for
# this program; without it the lead is all that is ever quoted from a long report.
EVENTS = _set("""
    perjanjian kesepakatan sepakat menyepakati menandatangani kemitraan sanksi senjata tudingan menuding
    tuduhan menuduh membantah bantah resolusi tewas meninggal korban luka tersangka terdakwa ditangkap
    menangkap ditahan dituntut vonis divonis hukuman mundur menang juara kalah larangan melarang dilarang
    resmi meresmikan memutuskan putusan keputusan diumumkan mengumumkan gempa banjir kebakaran kecelakaan
    serangan menyerang ancaman mengancam rencana berencana target agreement treaty deal pact signed
    sanctions weapons arms accused accusation denied denies resolution killed died dead victims injured
    suspect arrested charged convicted sentenced resigned won lost banned ban decided ruling verdict
    announced earthquake flood fire crash attack attacked threat threatened plan plans
""")
