"""What is known about Spanish."""

from __future__ import annotations

from backstory.engine.languages import Language, words

_STOP_WORDS = words(
    """
    a al algo algun alguna algunas alguno algunos ante aquel aquella aquellos como con contra
    cual cuales cuando cuanto cuantos de del desde donde durante e el ella ellas ellos en entre
    era eran es esa esas ese eso esos esta estaba estan estas este esto estos fue fueron ha
    habia habian han hasta hay la las le les lo los mas me mi mis mucho muy ni nos o os para
    pero por porque que quien quienes se sea ser si sin sobre son su sus te tiene tienen tu un
    una uno unos y ya
    """
)

LANGUAGE = Language(
    "es",
    "Spanish",
    other_names=("castellano", "español", "spa"),
    stemmer="spanish",
    has_decimal_comma=True,
    stop_words=_STOP_WORDS,
    question_words=words(
        """
        quien quienes que cual cuales cuando donde cuanto cuantos como
        """
    ),
    asking_verbs=words(
        """
        dice dicen dijo dijeron llama llamo llamaron llamado paso ocurrio significa
        """
    ),
    sounds=((r"^h(?=[aeiouy])", ""), ("x", "j"), ("(?<!^)h", ""), ("ll", "y")),
    function_words=_STOP_WORDS,
    usual_words=(" el ", " los ", " y ", " del ", " las ", " con "),
    least_share=0.28,
    sure_share=0.45,
    foreign_letters="ãõçàèìòùâêîôûëäößåøæœğşłčžř",
    months=(
        "enero",
        "febrero",
        "marzo",
        "abril",
        "mayo",
        "junio",
        "julio",
        "agosto",
        "septiembre setiembre",
        "octubre",
        "noviembre",
        "diciembre",
    ),
    short_months=(
        "ene",
        "feb",
        "mar",
        "abr",
        "",
        "jun",
        "jul",
        "ago",
        "sep sept",
        "oct",
        "nov",
        "dic",
    ),
    date_of=("de", "del"),
    date_and=("y", "e", "o", "a", "al", "hasta"),
    is_day_first=True,
    name_words={
        "small": """
            ademas ahora alli antes apenas aqui asi aun aunque bajo cada casi cerca conforme
            debido dentro despues dijo dos entonces fuera hacia hoy incluso luego mediante menos
            mientras mismo muchas muchos nada nadie ninguna ninguno no nunca otra otras otro otros
            pocos pronto pues puede quiza segun siempre solo tal tales tambien tampoco tanto todas
            todavia todo todos toda tras tres
        """,
        "role": """
            alcalde alcaldesa almirante canciller capitan comandante coronel diputada diputado
            directora doctora dona dra embajador embajadora fiscal gobernador gobernadora jefa
            jefe juez jueza ministra ministro presidenta presidente secretaria secretario senador
            senadora sr sra srta teniente vicepresidenta vicepresidente viceministro vocero
        """,
        "office": """
            adjunto asuntos defensa economia educacion estado exteriores finanzas mayor relaciones
            republica
        """,
        "body": """
            academia alianza archivo arco armada asamblea asociacion banco camara canal carta casa
            centro ciudad colegio comision comite confederacion congreso consejo contraloria
            corporacion corte cuerpo declaracion departamento direccion ejercito embajada estado
            federacion fiscalia foro frente fuerza fuerzas fundacion golfo grupo guardia instituto
            isla junta ley mesa ministerio movimiento museo organizacion palacio partido petroleos
            plaza policia puente puerto republica rio san santiago servicio sociedad tratado
            universidad valle
        """,
    },
)
