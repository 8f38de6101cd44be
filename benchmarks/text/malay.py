"""Malay as newspapers in Kuala Lumpur write it, made for this project: no free set of it was at hand.

Sixty words or so each, on what news is about; no sentence is taken from a newspaper.
"""

PARAGRAPHS = (
    "Perdana Menteri berkata kerajaan akan mengumumkan bantuan tambahan kepada mangsa banjir di Kelantan selewat-lewatnya "
    "pada hari Khamis ini. Beliau berkata demikian selepas melawat pusat pemindahan sementara di sebuah sekolah, semalam. "
    "Setakat petang ini, seramai 4,200 orang daripada 1,100 keluarga masih ditempatkan di 23 pusat, manakala dua jalan "
    "utama masih ditutup kepada semua kenderaan kerana air masih melimpah.",
    "Polis menahan tiga lelaki tempatan yang disyaki terlibat dalam kes rompakan di sebuah kedai emas di Shah Alam, awal "
    "pagi tadi. Ketua Polis Daerah berkata, kesemua suspek berusia antara 25 hingga 34 tahun ditahan di sebuah rumah sewa "
    "selepas pihaknya menerima maklumat orang awam. Turut dirampas ialah sebuah kereta, tiga telefon bimbit dan wang tunai "
    "berjumlah RM12,000.",
    "Skuad bola sepak negara akan menentang Vietnam dalam perlawanan akhir kumpulan di Stadium Nasional, Ahad ini. Ketua "
    "jurulatih berkata pemain sudah bersedia dari segi mental dan fizikal walaupun dua tonggak utama masih cedera. Pasukan "
    "negara perlu menang sekurang-kurangnya dengan dua gol untuk mara ke separuh akhir kejohanan itu buat kali pertama sejak "
    "tahun 2018.",
    "Bank Negara mengekalkan kadar dasar semalaman pada paras tiga peratus selepas mesyuarat jawatankuasa dasar monetari "
    "hari ini. Menurut kenyataan bank pusat itu, ekonomi negara dijangka berkembang antara empat hingga lima peratus tahun "
    "ini disokong oleh perbelanjaan isi rumah dan pelaburan swasta. Nilai ringgit ditutup lebih kukuh berbanding dolar "
    "Amerika Syarikat.",
    "Mahkamah Tinggi menetapkan 14 Ogos depan untuk sebutan semula kes bekas pegawai kanan sebuah syarikat berkaitan kerajaan "
    "yang didakwa menerima rasuah. Hakim membenarkan tertuduh diikat jamin RM200,000 dengan dua orang penjamin. Tertuduh "
    "mengaku tidak bersalah terhadap kesemua lima pertuduhan yang dibacakan oleh jurubahasa di hadapan beliau pagi tadi.",
    "Kementerian Kesihatan merekodkan 312 kes baharu demam denggi sepanjang minggu lalu, iaitu peningkatan sebanyak 18 "
    "peratus berbanding minggu sebelumnya. Ketua Pengarah Kesihatan berkata, kebanyakan kes dilaporkan di Selangor dan "
    "Johor. Orang ramai dinasihatkan supaya memeriksa kawasan rumah sekurang-kurangnya sekali seminggu bagi memusnahkan "
    "tempat pembiakan nyamuk.",
    "Seorang penunggang motosikal maut selepas motosikal yang ditunggangnya bertembung dengan sebuah lori di Kilometer 45 "
    "Jalan Kuantan ke Gambang, petang semalam. Jurucakap bomba berkata, mangsa berusia 19 tahun disahkan meninggal dunia di "
    "tempat kejadian oleh pegawai perubatan. Mayat dihantar ke hospital untuk bedah siasat, manakala pemandu lori tidak "
    "mengalami sebarang kecederaan.",
    "Pelajar tingkatan lima daripada sekolah luar bandar akan menerima komputer riba secara percuma mulai bulan depan, kata "
    "Menteri Pendidikan. Menurut beliau, seramai 60,000 pelajar akan mendapat manfaat daripada program itu yang dibiayai "
    "bersama oleh kerajaan dan syarikat swasta. Agihan peringkat pertama dijangka bermula di Sabah dan Sarawak sebelum "
    "cuti sekolah.",
    "Harga minyak sawit mentah ditutup lebih tinggi hari ini berikutan permintaan yang kukuh daripada China dan India. "
    "Kontrak untuk penghantaran Ogos meningkat RM42 kepada RM3,985 satu tan. Seorang peniaga berkata pasaran turut disokong "
    "oleh jangkaan pengeluaran yang lebih rendah kerana musim hujan yang berpanjangan di beberapa negeri pengeluar utama "
    "sejak bulan lalu.",
    "Parlimen hari ini meluluskan rang undang-undang bagi meminda perlembagaan yang membenarkan rakyat berumur 18 tahun ke "
    "atas mengundi. Sebanyak 211 ahli dewan menyokong pindaan itu pada bacaan kali ketiga. Menteri Undang-undang berkata, "
    "kerajaan akan memastikan pendaftaran pengundi secara automatik dapat dilaksanakan sebelum pilihan raya umum akan datang "
    "diadakan.",
    "Taufan yang melanda utara Filipina mengorbankan sekurang-kurangnya 17 orang dan memaksa ribuan penduduk berpindah ke "
    "tempat yang lebih selamat. Pihak berkuasa berkata, bekalan elektrik di tiga wilayah masih terputus dan beberapa jambatan "
    "runtuh akibat arus deras. Pasukan penyelamat masih mencari sembilan orang lagi yang dilaporkan hilang sejak malam "
    "Selasa.",
    "Penyanyi terkenal itu mengesahkan akan mengadakan konsert di Kuala Lumpur pada penghujung tahun ini selepas lebih lima "
    "tahun tidak menemui peminat tempatan. Tiket berharga antara RM188 hingga RM688 akan mula dijual pada hari Isnin menerusi "
    "laman web rasmi penganjur. Beliau berkata persembahan kali ini pasti berbeza kerana turut menampilkan sebuah orkestra "
    "penuh.",
)
