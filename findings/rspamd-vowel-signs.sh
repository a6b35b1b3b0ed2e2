#!/usr/bin/env bash
# rspamd 3.4-1 (Debian 12), rules as installed: R_MIXED_CHARSET, which is there for words with letters of several alphabets, hits one sentence in a single script if its vowels are marks on the letters: Hindi, Gujarati, vowelled Arabic and pointed Hebrew have
# all of its 5 points (a mail is spam at 6 by a header, and greylisted at 4), Bengali, Tamil, Telugu and Thai two to three. Guessed: none for each, since each is one script in correct UTF-8.
# Seen on 2026-11-29: the table at the end. The less other text stands in a mail, the more it is. Needs Debian 12 and curl; exits 1 if it is otherwise.
set -euo pipefail
folder=$(mktemp -d)
trap '[ -z "${daemon:-}" ] || kill $daemon; wait; rm -rf "$folder"' EXIT
cd "$folder"
apt-get -qq -o APT::Sandbox::User=root download rspamd=3.4-1 libhyperscan5=5.4.0-2 libluajit-5.1-2 libluajit-5.1-common libunwind8 libicu72 libsodium23 libsqlite3-0 libglib2.0-0 libpcre2-8-0
for part in *.deb; do dpkg -x "$part" root; done
mkdir override.d
echo 'enabled = false;' | tee override.d/{spf,dkim,dmarc,arc,rbl,asn,fuzzy_check,hfilter}.conf override.d/worker-{controller,proxy}.inc >/dev/null
echo 'phishtank_enabled = false;' >override.d/phishing.conf
echo "bind_socket = \"$folder/socket mode=0600\"; count = 1;" >override.d/worker-normal.inc
echo 'dns { nameserver = ["127.0.0.1:9"]; timeout = 0.1s; retransmits = 1; } disable_hyperscan = true;' >override.d/options.inc
share=$folder/root/usr/share/rspamd
LD_LIBRARY_PATH=$folder/root/usr/lib/rspamd:$folder/root/usr/lib/x86_64-linux-gnu root/usr/bin/rspamd --no-fork --insecure --config root/etc/rspamd/rspamd.conf --var=CONFDIR="$folder/root/etc/rspamd" --var=LOCAL_CONFDIR="$folder" \
	--var=SHAREDIR="$share" --var=PLUGINSDIR="$share/plugins" --var=RULESDIR="$share/rules" --var=LUALIBDIR="$share/lualib" --var=RUNDIR="$folder" --var=DBDIR="$folder" --var=LOGDIR="$folder" >said 2>&1 &
daemon=$!
for i in $(seq 600); do curl -s --unix-socket socket http://rspamd/ping >/dev/null && break; sleep .2; done
score() {
	printf '%s\n' "Date: $(LC_ALL=C date -R)" 'From: Digest <digest@rfc.example.org>' 'To: <kim@example.net>' 'Subject: Three topics' 'Message-ID: <4f1b72c0d9e84a31b2c5@rfc.example.org>' \
		'MIME-Version: 1.0' 'Content-Type: text/plain; charset=UTF-8' 'Content-Transfer-Encoding: 8bit' '' "$2" >mail
	printf '%s: ' "$1"
	curl -s --unix-socket socket --data-binary @mail http://rspamd/checkv2 | grep -o '"R_MIXED_CHARSET":{[^}]*}' | grep -o '"score":[0-9.]*' || echo none
}
{
	score Hindi 'सभी मनुष्य जन्म से स्वतन्त्र तथा मर्यादा और अधिकारों में समान होते हैं।'
	score Bengali 'সমস্ত মানুষ স্বাধীনভাবে সমান মর্যাদা এবং অধিকার নিয়ে জন্মগ্রহণ করে।'
	score Gujarati 'પ્રતિષ્ઠા અને અધિકારોની દૃષ્ટિએ સર્વ માનવો જન્મથી સ્વતંત્ર અને સમાન હોય છે.'
	score Tamil 'மனிதப் பிறவியினர் சகலரும் சுதந்திரமாகவே பிறக்கின்றனர்.'
	score Telugu 'ప్రతిపత్తిస్వత్వముల విషయమున మానవులెల్లరును జన్మతః స్వతంత్రులును సమానులును నగుదురు.'
	score Thai 'มนุษย์ทั้งหลายเกิดมามีอิสระและเสมอภาคกันในเกียรติศักดิ์และสิทธิ'
	score Arabic 'يُولَدُ جَمِيعُ النَّاسِ أَحْرَارًا مُتَسَاوِينَ فِي الكَرَامَةِ وَالحُقُوقِ.'
	score Hebrew 'כָּל בְּנֵי הָאָדָם נוֹלְדוּ בְּנֵי חוֹרִין וְשָׁוִים בְּעֶרְכָּם וּבִזְכֻיּוֹתֵיהֶם.'
	score Russian 'Все люди рождаются свободными и равными в своём достоинстве и правах.'
	score Japanese 'すべての人間は、生まれながらにして自由であり、かつ、尊厳と権利とについて平等である。'
} | tee seen
diff - seen <<'END' || { echo "changed"; exit 1; }
Hindi: "score":5.0
Bengali: "score":3.0
Gujarati: "score":5.0
Tamil: "score":3.0
Telugu: "score":2.142857
Thai: "score":3.333333
Arabic: "score":5.0
Hebrew: "score":5.0
Russian: none
Japanese: none
END
