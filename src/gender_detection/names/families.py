"""Family names that come first where the custom is family name first; data only, as keys.

Tables map a family name to its rank, the commonest first: where both ends of a name could be
one, the commoner is taken for it.
"""


def _ranked(names: list[str]) -> dict[str, int]:
    return {name: rank for rank, name in reversed(list(enumerate(names)))}


CHINESE = _ranked(
    """
    wang li zhang liu chen yang huang zhao wu zhou xu sun ma zhu hu guo he lin gao luo zheng liang
    xie song tang deng han feng cao peng zeng xiao tian dong pan yuan cai jiang yu du ye cheng wei
    su lu ding ren lyu shen yao cui zhong tan fan liao shi jia fu fang zou xiong bai meng qin qiu
    hou jin xue lei hou long duan hao kong shao mao chang wan gu lai wu qian dai yan ou mo xiang
    chan wong cheung leung lam ng ho lau kwok chow yeung tsang hui tsui kwan choi yip fung mak poon
    hsu hsieh tsai chiu chou chung liao lo shih teng tseng yeh kuo hsiao lee xi chiang kao tsao
    chiu ouyang szeto situ sima zhuge shangguan
    """.split()
)

KOREAN = _ranked(
    """
    kim lee park choi jung jeong kang cho yoon jang lim han oh seo shin kwon hwang ahn song yoo
    hong jeon ko moon son yang bae baek heo nam noh ha kwak sung cha joo woo koo min ryu na jin
    ji eom chae won bang gong hyun yeo chu do seok sun seol ma gil yeon pyo myung ki ban geum ok
    yuk jegal namgung hwangbo sunwoo ri ryu choe chung rhee yi pak no im bak gim gwon yun im
    mun jun seong tak pyeon
    """.split()
)

VIETNAMESE = _ranked(
    "nguyen tran le pham hoang huynh phan vu vo dang bui do ho ngo duong ly truong dinh lam doan "
    "trinh mai dao cao luong ta thai chau quach ha trieu luu kieu quan phung".split()
)

# Of those, given names in the West: what follows must sound Chinese.
ALSO_GIVEN = frozenset("lee han lin mo lei long sun dan ma chad kim jo".split())

HUNGARIAN = _ranked(
    """
    nagy kovacs toth szabo horvath varga kiss molnar nemeth farkas balogh papp takacs juhasz
    lakatos meszaros olah simon racz fekete szilagyi torok feher balazs gal kis szucs kocsis orsos
    pinter fodor szalai sipos magyar lukacs gulyas biro kiraly katona laszlo jakab bogdan balog
    sandor boros fazekas kelemen varadi antal somogyi orosz fulop veres vincze budai hegedus deak
    pap balint pal vass szoke illes voros lengyel fabian bognar bodnar szucs jonas kozma hajdu
    mate petofi jokai orban bartok kodaly arany ady puskas karoly csaba szekely barta halasz dudas
    kerekes szanto
    """.split()
)

JAPANESE = _ranked(
    """
    sato suzuki takahashi tanaka watanabe ito itoh yamamoto nakamura kobayashi kato yoshida yamada
    sasaki yamaguchi matsumoto inoue kimura hayashi shimizu yamazaki mori abe ikeda hashimoto
    yamashita ishikawa nakajima maeda fujita ogawa goto okada hasegawa murakami kondo ishii saito
    saitoh sakamoto endo aoki fujii nishimura fukuda ota ohta miura fujiwara okamoto matsuda
    nakagawa nakano harada ono ohno tamura takeuchi kaneko wada nakayama ishida ueda morita kojima
    shibata hara sakai kudo yokoyama miyazaki miyamoto uchida takagi ando taniguchi ohtani otani
    maruyama imai takada fujimoto takeda murata ueno sugiyama masuda sugawara hirano otsuka ohtsuka
    chiba kubo matsui iwasaki sakurai kinoshita noguchi matsuo nomura kikuchi sano onishi ohnishi
    sugimoto arai hamada nishikori osaka kurosawa kawasaki kawaguchi kawamura oshima ozawa
    """.split()
)

HUNGARIAN_GIVEN = frozenset(
    """
    anna maria erzsebet katalin ilona eva zsuzsanna zsuzsa margit julianna agnes andrea ildiko
    erika krisztina judit eszter reka dora nora zsofia viktoria timea orsolya emese boglarka petra
    rita csilla agota aniko aranka beata bettina brigitta edit edina emilia emma eniko fanni
    fruzsina gabriella gizella greta gyongyi hajnalka hanna henrietta ibolya irma jolan julia
    kinga klara kitti krisztina lilla luca magdolna marta melinda monika nikoletta noemi panna
    piroska roza sara szilvia tunde vanda vera veronika virag vivien zita
    istvan janos zoltan ferenc gabor attila peter tamas zsolt tibor andras csaba imre lajos gyorgy
    gyula mihaly bence mate levente adam david daniel gergely akos jozsef viktor kornel eugen pal
    miklos karoly bela arpad geza jeno denes norbert robert richard roland adrian mark marton
    milan balint botond dominik kristof aron barnabas benedek bertalan dezso endre erno gergo
    kalman krisztian otto rudolf szabolcs vilmos zsombor
    """.split()
)

# Family names in their own scripts, for names written without a space.
HAN_CHINESE = frozenset(
    "王李张張刘劉陈陳杨楊赵趙黄黃周吴吳徐孙孫胡朱高林何郭马馬罗羅梁宋郑鄭谢謝韩韓唐冯馮于董萧蕭程曹袁邓鄧许許"
    "傅沈曾彭吕呂苏蘇卢盧蒋蔣蔡贾賈丁魏薛叶葉阎閻余潘杜戴夏钟鍾汪田任姜范方石姚谭譚廖邹鄒熊金陆陸郝孔崔康毛"
    "邱秦江史顾顧侯邵孟龙龍万萬段钱錢汤湯尹黎易常武乔喬贺賀赖賴龚龔文"
)
HAN_CHINESE_DOUBLE = frozenset(
    "欧阳 歐陽 司马 司馬 上官 诸葛 諸葛 司徒 夏侯 慕容 皇甫 尉迟".split()
)
HAN_JAPANESE = frozenset(
    """
    佐藤 鈴木 高橋 田中 伊藤 渡辺 渡邊 山本 中村 小林 加藤 吉田 山田 佐々木
    山口 松本 井上 木村 斎藤 斉藤 清水 山崎 阿部 池田 橋本 山下 石川 中島
    前田 藤田 小川 後藤 岡田 長谷川 村上 近藤 石井 坂本 遠藤 青木 藤井 西村
    福田 太田 三浦 藤原 岡本 松田 中川 中野 原田 小野 田村 竹内 金子 和田
    中山 石田 上田 森田 小島 柴田 酒井 工藤 横山 宮崎 宮本 内田 高木 安藤
    谷口 大野 丸山 今井 高田 藤本 武田 村田 上野 杉山 増田 菅原 平野 大塚
    千葉 久保 松井 岩崎 桜井 木下 野口 松尾 野村 菊地 佐野 大西 杉本 新井
    浜田 安倍 大谷 錦織 大坂 小泉 黒澤 宮﨑 三島 夏目 羽生
    """.split()
)
HANGUL = frozenset(
    "김이박최정강조윤장임한오서신권황안송류유홍전고문손양배백허남심노하곽성차주우구민나진지엄채원천방공현함변염여추"
    "도소석선설마길연위표명기반왕금옥육인맹제모탁국어은편용"
)
HANGUL_DOUBLE = frozenset("남궁 황보 제갈 사공 선우 서문 독고 동방".split())
