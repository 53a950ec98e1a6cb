"""What is known about English."""

from __future__ import annotations

from backstory.engine.languages import Language, words

_STOP_WORDS = words(
    """
    a about an and any are aren't as at be been being but by can can't could couldn't did
    didn't do does doesn't doing don't for from had hadn't has hasn't have haven't having he
    he's her here hers him his how how's i i'd i'll i'm i've if in into is isn't it it's its
    just let's me my of off on or our ours out over she she's should so some such than that
    that's the their theirs them then there there's these they they're this those to too under
    until up very was wasn't we we're were weren't what what's when when's where where's which
    while who who's whom whose why will with won't would wouldn't you you're your yours tell
    please
    """
)

# Plurals that no suffix rule forms, after Quirk, Greenbaum, Leech and Svartvik, "A Comprehensive
# Grammar of the English Language" (1985), 5.82-5.101; those that are words of their own left out.
_BASES = {
    "child": "children",
    "man": "men",
    "woman": "women",
    "foot": "feet",
    "tooth": "teeth",
    "goose": "geese",
    "mouse": "mice",
    "louse": "lice",
    "ox": "oxen",
    "penny": "pence",
    "wife": "wives",
    "knife": "knives",
    "wolf": "wolves",
    "half": "halves",
    "shelf": "shelves",
    "thief": "thieves",
    "loaf": "loaves",
    "calf": "calves",
    "elf": "elves",
    "scarf": "scarves",
    "hoof": "hooves",
    "analysis": "analyses",
    "crisis": "crises",
    "diagnosis": "diagnoses",
    "ellipsis": "ellipses",
    "emphasis": "emphases",
    "hypothesis": "hypotheses",
    "neurosis": "neuroses",
    "oasis": "oases",
    "parenthesis": "parentheses",
    "paralysis": "paralyses",
    "prognosis": "prognoses",
    "synopsis": "synopses",
    "synthesis": "syntheses",
    "thesis": "theses",
    "criterion": "criteria",
    "phenomenon": "phenomena",
    "bacterium": "bacteria",
    "memorandum": "memoranda",
    "referendum": "referenda",
    "curriculum": "curricula",
    "addendum": "addenda",
    "erratum": "errata",
    "stratum": "strata",
    "symposium": "symposia",
    "alumnus": "alumni",
    "cactus": "cacti",
    "fungus": "fungi",
    "nucleus": "nuclei",
    "radius": "radii",
    "stimulus": "stimuli",
    "syllabus": "syllabi",
    "larva": "larvae",
    "alga": "algae",
    "vertebra": "vertebrae",
    "appendix": "appendices",
    "index": "indices",
    "matrix": "matrices",
    "vertex": "vertices",
}
# *policemen*, *chairwomen*, *grandchildren*: their last part is one of these.
_COMPOUNDS = words(
    """
    police chair congress spokes business fire fisher clergy country gentle journey noble sales
    sports states work crafts air guards service council camera door free horse lay
    marks mid post seal watch
    """
)
_IRREGULAR = {form: base for base, form in _BASES.items()}
_IRREGULAR |= {f"{part}men": f"{part}man" for part in _COMPOUNDS}
_IRREGULAR |= {f"{part}women": f"{part}woman" for part in _COMPOUNDS}
_IRREGULAR |= {"grandchildren": "grandchild", "schoolchildren": "schoolchild"}

LANGUAGE = Language(
    "en",
    "English",
    other_names=("eng", "inglés"),
    stemmer="english",
    irregular=_IRREGULAR,
    stop_words=_STOP_WORDS,
    question_words=words(
        """
        who whom whose what which when where why how did does do is are was were can could has have
        had
        """
    ),
    asking_verbs=words(
        """
        ask asked call called happen happened happens mean means meant name named names say says
        said tell told think thinks thought describe described describes explain explained
        """
    ),
    sounds=((r"^h(?=[aeiouy])", "j"), ("^x", "s"), ("x", "ks"), ("(?<!^)h", "")),
    function_words=_STOP_WORDS,
    usual_words=(" the ", " to ", " and ", " for "),
    least_share=0.2,  # it is low in the language of the stock exchange
    sure_share=0.32,
    foreign_letters="ãõçàèìòùâêîôûëäößåøæœğşłčžř",
    months=(
        "january jan",
        "february feb",
        "march mar",
        "april apr",
        "may",
        "june jun",
        "july jul",
        "august aug",
        "september sep sept",
        "october oct",
        "november nov",
        "december dec",
    ),
    months_have_capitals=True,  # *may* and *march* are other words
    date_of=("of",),
    date_and=("and", "or", "to", "until", "till", "through"),
    name_words={
        "small": """
            above according across actually additionally after afterwards again against all almost
            along already also although always amid among another apparently around as aside away
            because before behind below beneath beside besides best better between beyond both
            certainly citing clearly currently despite due each earlier early eight either even
            eventually ever every everyone except few finally first five following formerly four
            fourth further furthermore generally given half hence high however including
            increasingly indeed initially inside instead ironically last late lately later latest
            least less like likewise little long many maybe meanwhile mid more moreover most much
            nearly neither never nevertheless next nine no nobody none nonetheless nor not nothing
            now obviously often once one only originally other others otherwise outside overall
            part perhaps previously prior probably publicly quite rather recently regarding
            reportedly second see seven several similarly simply since six slightly sometimes soon
            still subsequently suddenly ten therefore third though three through throughout thus
            today together tomorrow toward towards traditionally two typically ultimately
            unfortunately unless unlike upon us usually various via well whatever whereas whether
            within without yes yesterday yet
        """,
        "month": """
            january february march april may june july august september october november december
            jan feb mar apr jun jul aug sep sept oct nov dec
        """,
        "day": """
            monday tuesday wednesday thursday friday saturday sunday mon tue tues wed thu thurs
            fri sat sun mondays tuesdays wednesdays thursdays fridays saturdays sundays christmas
            easter gmt est edt dlrs mln pct cts
        """,
        "role": """
            adm admiral adviser advisor ambassador analyst archbishop attorney attorney-general
            brigadier capt captain chairman chairwoman chancellor chief cmdr coach col colonel
            commander commissioner comptroller congressman congresswoman counsel deputy director
            director-general doctor dr economist editor gen general gov governor inspector judge
            leader lieutenant lt manager marshal mayor minister miss mister mr mrs ms officer
            premier pres president prof professor prosecutor rep representative rev reverend sec
            secretary secretary-general sen senator sgt sheriff sir speaker spokesman spokesperson
            spokeswoman superintendent treasurer undersecretary vice-chairman vice-president
        """,
        "office": """
            acting affairs agriculture armed army assistant associate commerce communications
            culture defence defense development economic economy education energy exchequer
            executive external finance financial first foreign forces health home information
            intelligence interior junior justice labor labour lord major majority managing
            marketing minority national navy oil operating planning police press prime principal
            relations security senior staff state trade transport transportation treasury under
            vice
        """,
        "demonym": """
            afghan african albanian algerian american andean angolan arab argentine argentinian
            armenian asian australian austrian bangladeshi basque belarusian belgian bolivian
            bosnian brazilian british briton bulgarian burmese cambodian canadian caribbean
            catalan catholic chechen chilean chinese christian colombian congolese croat croatian
            cuban cypriot czech dane danish dominican dutch ecuadorian ecuadorean egyptian english
            ethiopian european filipino finn finnish french georgian german ghanaian greek
            grenadian guatemalan guyanese haitian hindu hispanic honduran hungarian icelandic
            indian indonesian iranian iraqi irish islamic israeli italian jamaican japanese jew
            jewish jordanian kenyan korean kurd kurdish kuwaiti latin latino lebanese libyan
            malaysian mexican moroccan muslim nicaraguan nigerian norwegian pakistani palestinian
            panamanian paraguayan persian peruvian philippine pole polish portuguese roman
            romanian russian saudi scot scottish serb serbian shia slovak somali soviet spaniard
            spanish sudanese sunni swede swedish swiss syrian taiwanese thai turk turkish ugandan
            ukrainian uruguayan venezuelan vietnamese welsh western yemeni yugoslav zimbabwean
            anglo anti franco non pan pro
        """,
        "body": """
            academy act agency alliance army assembly association bank bar battle bay bill board
            bureau cape center centre chamber charter church city coast college commission
            committee company confederation conference congress convention corp council court day
            declaration democracy department district duke empire federation field forces freedom
            front fund group gulf hall house initiative institute institution isle king kingdom
            law league library lord lords ministry movement museum navy office order organisation
            organization palace party people port prince princess province queen republic royal
            school sea senate society state states statue strait summit sultan tower treaty
            tribunal union university valley voice workers
        """,
    },
)
