"""Spellings that a letter-by-letter romanisation would miss, by script; data only.

Sources hold names mostly as they are spelt in Latin letters. Arabic writing leaves short vowels
out and Han characters are read differently in Japan, so the commonest names of each are listed
here under their usual Latin spelling. Each line is "written romanised".
"""

ARABIC = """
محمد mohammed|أحمد ahmed|احمد ahmed|محمود mahmoud|علي ali|علی ali|على ali|حسن hassan
حسين hussein|حسین hossein|عمر omar|عثمان othman|خالد khaled|يوسف youssef|یوسف yousef
إبراهيم ibrahim|ابراهيم ibrahim|ابراهیم ebrahim|إسماعيل ismail|اسماعيل ismail|عبدالله abdullah
عبد abdul|الله lah|رحمن rahman|عبدالرحمن abdulrahman|مصطفى mustafa|مصطفی mostafa|كريم karim
کریم karim|سعيد said|سعید saeed|طارق tarek|جمال jamal|كمال kamal|سمير samir|امير amir|أمير amir
امیر amir|رضا reza|مهدي mahdi|مهدی mehdi|عباس abbas|حمزة hamza|بلال bilal|ياسر yasser
ياسين yassine|سليمان suleiman|سلمان salman|فيصل faisal|فهد fahad|ناصر nasser|نادر nader
هشام hisham|وليد walid|زياد ziad|عماد imad|ماجد majed|رامي rami|سامي sami|هاني hani|باسم bassem
أيمن ayman|أنس anas|عادل adel|عصام essam|أسامة osama|صالح saleh|صلاح salah|فؤاد fouad
منير mounir|نبيل nabil|رشيد rashid|جعفر jafar|داود dawood|موسى musa|عيسى issa|يحيى yahya
زكريا zakaria|فاطمة fatima|فاطمه fatemeh|عائشة aisha|خديجة khadija|مريم mariam|مریم maryam
زينب zainab|زینب zeinab|زهراء zahra|زهرا zahra|سارة sara|سارا sara|ليلى layla|لیلا leila
نور noor|نورة noura|هدى huda|سلمى salma|أمينة amina|آمنة amna|أسماء asma|إيمان iman|ايمان iman
هبة heba|دعاء doaa|ندى nada|منى mona|رنا rana|ريم reem|رانيا rania|داليا dalia|دينا dina
سمية sumaya|حليمة halima|سعاد souad|نادية nadia|سميرة samira|كريمة karima|جميلة jamila
لطيفة latifa|نجلاء najla|هند hind|هالة hala|رقية ruqayya|صفية safiya|حفصة hafsa|ياسمين yasmin
شيماء shaimaa|آية aya|سهام siham|وفاء wafa|نرگس narges|پریسا parisa|شیرین shirin|نسرین nasrin
مینا mina|الهام elham|زهره zohreh|معصومه masoumeh|لیلی leili|نازنین nazanin|پروین parvin
فرزانه farzaneh|سمیرا samira|آرزو arezou|بهرام bahram|داریوش dariush|کوروش kourosh|رستم rostam
پرویز parviz|محسن mohsen|مجید majid|حمید hamid|بهزاد behzad|السيدة alsayyida|السيد alsayyid
سيدة alsayyida|الآنسة alanisa|آنسة alanisa|خانم khanum|آقای aghaye|دكتور doctor|الدكتور doctor
دکتر doctor
"""

HEBREW = """
גברת gveret|גב gveret|מר mr|אדון adon|דר dr
"""

CYRILLIC = """
Володимир volodymyr|Василь vasyl|Микола mykola|Марина marina|Ирина irina|Христина khrystyna
Христо hristo|Христина hristina|Юлия yulia|Софья sofya|Татьяна tatiana|Любовь lyubov
Евгений evgeny|Дмитрий dmitry|Наталья natalia|Наталия natalia|Наталія natalia|Дарья daria
Анастасия anastasia|Анастасія anastasia|Мария maria|Марія maria|Ксения ksenia|Евгения evgenia
Алексей alexey|Алексий alexey|Александр alexander|Александра alexandra|Юрий yuri|Юрій yuri
Валерий valery|Виктория viktoria|Вікторія viktoria|Григорий grigory|Аркадий arkady
Василий vasily|Виталий vitaly|Геннадий gennady|Георгий georgy|Анатолий anatoly|Валерия valeria
Валентина valentina|Лидия lidia|Юлія yulia|Софія sofia|София sofia|Яна yana|Евген yevgen
Євген yevhen|Ігор ihor|Георги georgi|Сергій serhiy|Олексій oleksiy|Микита mykyta|Жанна zhanna
Антоний antony|Макс max|Алекс alex|Живко zivko|Жељко zeljko|Владимир vladimir|Кирилл kirill
Филипп filipp|Ксенія ksenia
"""

DEVANAGARI = """
श्रीमती shrimati|श्री shri|सुश्री sushri
पूजा pooja|दीपक deepak|दीपिका deepika|नीलम neelam|प्रदीप pradeep|संदीप sandeep|कुलदीप kuldeep
जगदीप jagdeep|मीना meena|मीरा meera|रीना reena|रीता rita|गीता geeta|नीता neeta|सीमा seema
वीणा veena|लक्ष्मी lakshmi|कृष्ण krishna|कृष्णा krishna|विष्णु vishnu|ज्योति jyoti|स्वाति swati
अश्विन ashwin|विश्वनाथ vishwanath|ईश्वर ishwar|सतीश satish|मनीष manish|मनीषा manisha|अनीता anita
राजीव rajeev|संजीव sanjeev|नीरज neeraj|दिनेश dinesh|ऐश्वर्या aishwarya|सौरभ saurabh|गौरव gaurav
"""

THAI = """
สมชาย somchai|สมศักดิ์ somsak|สมหญิง somying|สมพร somporn|สมบัติ sombat|สุดา suda|สุนีย์ sunee
มาลี malee|วิชัย wichai|ประยุทธ์ prayut|ยิ่งลักษณ์ yingluck|ทักษิณ thaksin|อนันต์ anan|นภา napa
วันดี wandee|กมล kamon|สุชาติ suchat|ณัฐพล nattapon|ธนพล thanapon|กิตติ kitti|พิมพ์ pim
ศิริพร siriporn|อรทัย orathai|จันทร์ chan|ชัย chai|นิด nid|ปรีชา preecha|สุรชัย surachai
อภิสิทธิ์ abhisit|วรรณา wanna|รัตนา rattana|ลัดดา ladda|อารี aree|สุภาพร supaporn
กนกวรรณ kanokwan
"""

# Given names whose characters are read in Japanese; those also common in Chinese are left out.
JAPANESE = """
太郎 taro|次郎 jiro|一郎 ichiro|二郎 jiro|三郎 saburo|健太郎 kentaro|慎太郎 shintaro
純一郎 junichiro|健一 kenichi|健二 kenji|健太 kenta|翔太 shota|大輔 daisuke|大樹 daiki
拓也 takuya|達也 tatsuya|和也 kazuya|直樹 naoki|直人 naoto|裕介 yusuke|祐介 yusuke|雄介 yusuke
雄太 yuta|悠太 yuta|誠 makoto|浩 hiroshi|博 hiroshi|隆 takashi|茂 shigeru|実 minoru|豊 yutaka
勇 isamu|清 kiyoshi|進 susumu|晋三 shinzo|翔平 shohei|一朗 ichiro|圭佑 keisuke|真司 shinji
春樹 haruki|蓮 ren|陽翔 haruto|駿 shun|花子 hanako|陽子 yoko|洋子 yoko|幸子 sachiko|和子 kazuko
恵子 keiko|京子 kyoko|裕子 yuko|優子 yuko|智子 tomoko|直子 naoko|由美子 yumiko|久美子 kumiko
美智子 michiko|典子 noriko|紀子 noriko|弘子 hiroko|明子 akiko|順子 junko|純子 junko|節子 setsuko
道子 michiko|真理子 mariko|雅子 masako|愛子 aiko|佳子 kako|由美 yumi|真由美 mayumi|明美 akemi
直美 naomi|恵美 emi|久美 kumi|裕美 hiromi|麻美 asami|友美 tomomi|美咲 misaki|愛 ai|葵 aoi
結衣 yui|結愛 yua|陽菜 hina|さくら sakura|桜 sakura|遥 haruka|彩 aya|舞 mai|真央 mao
千尋 chihiro|香織 kaori|詩織 shiori|美穂 miho|美香 mika|美紀 miki|由紀 yuki|麻衣 mai|七海 nanami
"""
