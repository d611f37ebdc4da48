"""Words of prompts in several languages, from which texts for tokenizers are put together."""

ENGLISH = {
    "adjectives": """
        red blue green small large old young bright dark quiet happy lonely golden silver wooden misty
        frozen ancient colorful gentle wild elegant dusty shiny fluffy tiny giant cinematic realistic slow
        fast soft warm cold stormy sunny foggy rainy modern vintage graceful curious sleepy brave
        transparent rusty neon photorealistic handmade weathered luminous serene majestic playful
        abandoned crowded
        """.split(),
    "subjects": """
        cat dog girl boy woman man robot astronaut horse bird fox panda dragon whale child dancer painter
        chef knight owl rabbit elephant tiger wolf butterfly train car bicycle sailboat airplane
        lighthouse castle waterfall river mountain forest city street kitchen garden desert beach ocean
        balloon lantern candle clock piano violin teapot umbrella bookshelf sprite circle square triangle
        ball cube spaceship submarine
        """.split(),
    "verbs": """
        walks runs jumps sleeps dances sings flies swims drives turns rolls bounces falls rises spins
        smiles looks paints cooks reads opens closes lifts carries throws catches builds explores watches
        follows rotates drifts glides climbs slides moves waits listens whispers laughs
        """.split(),
    "places": """
        forest meadow street kitchen beach desert city park library garden mountain river lake bridge
        station market temple castle village island valley harbor rooftop studio classroom spaceship moon
        field tunnel cave stage museum
        """.split(),
    "styles": """
        cinematic lighting|shallow depth of field|golden hour|slow motion|camera pans left|
        camera pans right|close-up shot|wide angle|handheld camera|studio lighting|soft focus|high detail|
        8k resolution|35mm film|anime style|oil painting|watercolor|pixel art|black and white|time-lapse|
        aerial view|tracking shot|zoom in|zoom out|low angle|volumetric fog|ray tracing|film grain|
        pastel colors|high contrast
        """.split("|"),
    "small": """
        the a an and of in on at with over under through behind beside near while into from to is are its
        his her their it as by for then slowly quickly softly
        """.split(),
}
ENGLISH["styles"] = [style.strip() for style in ENGLISH["styles"]]

CHINESE = {
    "subjects": "小猫 小狗 女孩 男孩 老人 机器人 宇航员 骏马 熊猫 巨龙 鲸鱼 舞者 厨师 火车 汽车 帆船 灯塔 瀑布 气球 蝴蝶".split(),
    "places": "森林里 草地上 街道旁 厨房里 海滩上 沙漠中 城市里 公园里 图书馆 花园中 雪山下 湖边 桥上 舞台上 太空中".split(),
    "verbs": "奔跑 行走 跳跃 睡觉 跳舞 唱歌 飞翔 游泳 旋转 微笑 看书 做饭 画画 缓缓移动 慢慢升起".split(),
    "adjectives": "红色的 蓝色的 金色的 可爱的 古老的 明亮的 安静的 巨大的 小小的 透明的 温暖的 孤独的".split(),
    "styles": "电影感 高清 慢动作 特写镜头 航拍 柔和的光线 水墨画风格 动漫风格 景深效果 黄昏时分 镜头向左移动".split(),
}

KOREAN = {
    "subjects": "고양이가 강아지가 소녀가 소년이 로봇이 우주비행사가 말이 새가 용이 고래가 무용수가 기차가 자동차가 나비가".split(),
    "places": "숲에서 초원에서 거리에서 부엌에서 해변에서 사막에서 도시에서 공원에서 정원에서 호숫가에서 다리 위에서".split(),
    "verbs": "달린다 걷는다 뛰어오른다 잠을 잔다 춤을 춘다 노래한다 날아간다 수영한다 회전한다 미소 짓는다 책을 읽는다".split(),
    "adjectives": "빨간 파란 황금빛 귀여운 오래된 밝은 조용한 거대한 작은 투명한 따뜻한 외로운".split(),
    "styles": "영화 같은 조명, 느린 화면, 가까이 찍은 장면, 하늘에서 본 풍경, 수채화 느낌, 애니메이션 느낌".split(", "),
}

JAPANESE = {
    "subjects": "猫が 犬が 少女が 少年が ロボットが 宇宙飛行士が 馬が 鳥が 龍が クジラが ダンサーが 電車が 自動車が 蝶が".split(),
    "places": "森で 草原で 街角で 台所で 浜辺で 砂漠で 公園で 図書館で 庭園で 湖のほとりで 橋の上で 舞台で".split(),
    "verbs": "走る 歩く 跳ねる 眠る 踊る 歌う 飛ぶ 泳ぐ 回る 微笑む 本を読む 料理をする ゆっくり動く".split(),
    "adjectives": "赤い 青い 金色の かわいい 古い 明るい 静かな 巨大な 小さな 透明な 暖かい 寂しい".split(),
    "styles": "映画のような光 スローモーション クローズアップ 空撮 水彩画風 アニメ風 夕暮れ 桜が舞う".split(),
}

RUSSIAN = {
    "subjects": """
        кот собака девочка мальчик робот космонавт лошадь птица дракон кит танцор поезд машина бабочка
        """.split(),
    "places": """
        в лесу|на лугу|на улице|на кухне|на пляже|в пустыне|в городе|в парке|в саду|у озера|на мосту
        """.strip().split("|"),
    "verbs": """
        бежит идёт прыгает спит танцует поёт летит плывёт вращается улыбается читает медленно движется
        """.split(),
    "adjectives": """
        красный синий золотой милый старый яркий тихий огромный маленький прозрачный тёплый одинокий
        """.split(),
    "styles": """
        кинематографичный свет|замедленная съёмка|крупный план|вид сверху|акварель|на закате
        """.strip().split("|"),
}

EMOJI = "🐈 🐕 🚀 🌊 🔥 ⭐ 🌈 🎈 🎉 🍎 🚗 🌸 🌙 ☀️ ❤️ 😀 😂 🥰 🤖 👾".split()
RARE_EMOJI = """👨‍👩‍👧‍👦 👩🏽‍🚀 🏳️‍🌈 🧑‍🤝‍🧑 🇯🇵 🇰🇷 👍🏿 1️⃣ #️⃣ 🏴󠁧󠁢󠁷󠁬󠁳󠁿 🐈‍⬛ ❤️‍🔥 ©️ ®️ ™️ ‼️ 🫠 🪿 👁️‍🗨️ ☠︎""".split()


def english(random) -> str:
    """One sentence, some with a style."""
    take = {kind: random.choice(words) for kind, words in ENGLISH.items()}
    sentence = random.choice([
        f"A {take['adjectives']} {take['subjects']} {take['verbs']} in the {take['places']}",
        f"The {take['subjects']} {take['verbs']} {take['small']} the {take['adjectives']} {take['places']}",
        f"{take['adjectives'].capitalize()} {take['subjects']} and a {random.choice(ENGLISH['subjects'])}",
        f"{random.choice(ENGLISH['subjects'])}, {take['adjectives']} {take['places']}, {take['small']}",
    ])
    return sentence + random.choice([".", f", {take['styles']}.", f", {take['styles']}", "!", ""])


def sentence(words: dict[str, list[str]], between: str, random) -> str:
    """One sentence of a language other than English."""
    take = {kind: random.choice(choices) for kind, choices in words.items()}
    end = {"": "。", " ": "."}[between]
    core = between.join([take["adjectives"], take["subjects"], take["places"], take["verbs"]])
    return core + random.choice([end, f"{'，' if between == '' else ', '}{take['styles']}{end}", ""])


def chinese(random) -> str:
    """One sentence."""
    return sentence(CHINESE, "", random)


def korean(random) -> str:
    """One sentence."""
    return sentence(KOREAN, " ", random)


def japanese(random) -> str:
    """One sentence."""
    return sentence(JAPANESE, "", random)


def russian(random) -> str:
    """One sentence."""
    return sentence(RUSSIAN, " ", random)


LANGUAGES = [english, chinese, korean, japanese, russian]
