"""Usual words of English and Spanish, which are no slips although a corpus may lack them.

The English ones are the 2,500 that are usual in both halves of the news that bench/README.md
describes (Reuters 1987, BBC 2004-5): by the product of the shares of articles that have them,
names and words of under four letters left out. The Spanish ones are in at least three paragraphs
of XQuAD (Artetxe et al. 2020). Pronouns, adverbs and the like were added to both by hand.
"""

from __future__ import annotations

from collections.abc import Iterable

from backstory.engine.languages import is_stopword, words

_ALWAYS = ("en", "es")  # a question may be in these, whatever the corpus is in


def is_usual(surface: str, codes: Iterable[str]) -> bool:
    """Tell whether it is a small or usual word of English, Spanish or one of these languages."""
    return surface in USUAL or is_small(surface, codes)


def is_small(surface: str, codes: Iterable[str]) -> bool:
    """Tell whether it carries no subject in English, Spanish or one of these languages."""
    return is_stopword(surface, dict.fromkeys((*_ALWAYS, *codes)))


_ENGLISH = words(
    """
    ability able above abroad absence absolutely accept acceptable accepted access according
    account accounting accounts accused achieve achieved acknowledged acquire acquired
    acquisition acquisitions across acting action actions active activities activity acts actual
    actually added adding addition additional address adjusted administration admitted adopted
    advance advanced advantage advertising advice advised adviser advisory affair affairs affect
    affected afford after afternoon again against agencies agency agenda agent aggressive agree
    agreed agreement agreements agricultural ahead aimed aiming aims aircraft airline airport
    allegations alleged alliance allies allow allowed allowing allows almost alone along already
    also alternative although always amid among amongst amount amounts analysis analyst analysts
    announce announced announcement announcing annual annually another answer anti anticipated
    anybody anyone anything anyway anywhere apart apparent apparently appeal appeals appear
    appeared appears application applications applied apply appointed approach approached
    appropriate approval approve approved area areas argue argued argument arms army around
    arranged arrangements arrested arrived article aside asked asking aspects assembly assess
    asset assets assistance assistant associated assume attack attacked attacks attempt
    attempting attempts attend attended attention attitude attorney attract attracted attractive
    attributed auction audio authorities authority auto automatically autumn available average
    aviation avoid award awarded awards aware away back backed backing badly balance balanced
    ball band bank bankers banking bankruptcy banks barrel barrels base based basic basis battle
    bear beat became because become becomes becoming before began begin beginning begins begun
    behalf behind belief believe believed believes below beneath benefit benefits beside besides
    best better between beyond bidding bids bigger biggest bill billion billions bills black
    blamed block blood blow blue board bodies body bond bonds book books boom boost boosted
    boosting border borrowing both bottom bought branch brand brands break breaking bridge brief
    bring bringing brings broad broadcast broadcasting broke broken brokers brought budget build
    building built bulk burden business businesses buyer buyers buying cabinet cable calculated
    calendar call called calling calls came campaign cancelled candidates cannot capable
    capacity capital card cards care career carefully carried carrier carry carrying cars case
    cases cash cast categories category caught cause caused causing cautious cent center central
    centre centres cents century ceremony certain certainly chain chairman challenge challenges
    champion chance chancellor chances change changed changes changing channel charge charged
    charges chart cheap cheaper check chemical chemicals chief children chip chips choice choose
    chosen circumstances cited cities citizens city civil claim claimed claiming claims class
    clear cleared clearing clearly clients climate close closed closely closer closing club coal
    coalition coast code coffee cold collapse colleagues combat combination combined come comes
    coming comment comments commercial commissioner commitment commitments committed committee
    commodity common communications companies company compared compares compensation compete
    competing competition competitive competitiveness competitors complaint complaints complete
    completed completely completion complex components compromise computer computers concentrate
    concept concern concerned concerns concluded condition conditions conduct conducted
    conference confidence confident confirm confirmed conflict congressional connection
    consecutive consider considerable consideration considered considering consistent
    consolidation consortium construction consumer consumers consumption contact contained
    contains content continue continued continues continuing contract contracts contrast
    contribute contributed contribution control controlled controlling controls controversial
    controversy conversion convert converted convertible convinced cool cooperation cope copper
    core corporate corporation correct cost costs council counter countries country couple
    course court courts cover coverage covered covering crash create created creating creation
    credit creditor creditors credits criminal crisis critical criticised criticism critics crop
    cross crown crucial crude curb currencies currency current currently customer customers cuts
    cutting daily damage damaged damages damaging danger dangerous data date days dead deadline
    deal dealers dealing deals death debate debt debts decade decide decided decision decisions
    declared decline declined declines declining deep deeply defeat defence defend defended
    deficit deficits definitely definition definitive delay delayed delays delegates deliver
    delivered delivery demand demanded demands denied deny department departments depend
    depending deposit depth deputy described design designed desire despite detailed details
    determination determine determined develop developed developing development developments
    device devices died difference differences different difficult difficulties digital direct
    directed direction directly director directors disappointed disappointing disaster
    discipline disclosed discount discovered discuss discussed discussion discussions disease
    dismissed display dispute distance distribute distributed distribution divided dividend
    dividends division document documents dollar dollars domestic dominated done door double
    doubled doubt down draft dramatic draw drawing drawn drew drive driven driving drop dropped
    dropping drug drugs during duties duty each earlier early earn earned earning earnings ease
    eased easier easily eastern easy economic economics economies economist economists economy
    edge education effect effective effectively effects efficiency efficient effort efforts
    eight either elected election elections electronic electronics elements eligible else
    elsewhere emerge emerged emergency employee employees employers employment enable encourage
    encouraged encouraging ended ending ends energy engine engineering engines enhance enjoyed
    enormous enough ensure enter entered entering enterprise entertainment entire entirely
    entitled entry environment environmental equal equally equipment equity equivalent
    especially essential establish established estate estimate estimated estimates euro even
    evening event events eventually ever every everybody everyone everything everywhere evidence
    exactly examine example exceed excellent except excess excessive exchange exchanges excludes
    excluding exclusive executive executives exercise exist existing expand expanded expanding
    expansion expect expectations expected expecting expects expenditure expense expenses
    expensive experience experienced experts explain explained exploration export exporters
    exports exposure expressed extend extended extending extension extent external extra
    extraordinary extremely face faced faces facilities facility facing fact factor factors
    factory fail failed failing failure fair fairly fall fallen falling falls false families
    family farm farmers fast faster favour fear fears feature features federal feed feel feeling
    feels fees feet fell fellow felt fewer field fields fifth fight fighting figure figures file
    filed filing film films final finally finance finances financial financing find finding fine
    finish finished fire fired firm firms first fiscal five fixed flat flexibility flight
    floating floor flow flying focus focused follow followed following follows food foot force
    forced forces forecast forecasts foreign form formal formally formed former formerly forms
    forum forward found foundation founder four fourth francs fraud free freedom freeze fresh
    friendly friends front frozen fuel full fully fund fundamental funded funding funds further
    future futures gain gained gains game games gaming gave general generally generate generated
    generation gets getting giant give given gives giving global goal goals goes going gold
    golden gone good goods governing government governments governor grace gradually grant
    granted graphics great greater greatest grew gross ground grounds group groups grow growing
    grown growth guarantee guaranteed guilty half halt halted hand handed handle handling hands
    happen happened happens happy hard hardware head headed headquarters heads health healthy
    hear heard hearing heart heavily heavy held help helped helping hence hereby herself high
    higher highest highly highs himself history hold holder holders holding holdings holds
    holiday home homes hope hoped hopes hoping hospital host hotel hour hours houses housing
    however huge human hundreds hurt idea ideas identified identify illegal image immediate
    immediately impact implemented implications import importance important imported imports
    impose imposed impossible improve improved improvement improvements improving incentives
    include included includes including income increase increased increases increasing
    increasingly indeed independent index indicate indicated indication individual individuals
    industrial industries industry inflation influence information informed initial initially
    initiative injured injuries injury inquiry inside insisted installed instead institution
    institutions instruments insurance intelligence intend intended intends intent intention
    interest interested interests internal international intervention interview introduce
    introduced introduction invest investigate investigating investigation investment
    investments investor investors invited involve involved involvement involves involving
    island issue issued issues issuing items itself jobs join joined joining joint jointly
    journalists judge jump jumped keen keep keeping kept killed kind knew know knowledge known
    knows lack laid land language large largely larger largest last late later latest latter
    launch launched launching laws lawsuit lawyer lawyers lead leader leaders leadership leading
    least leave leaves leaving left legal legislation lenders lending less lest letter level
    levels life lift lifted light like likely likewise limit limited limits line lines link
    linked links list listed listing little live lives living load loan loans local long longer
    look looked looking looks lose losing loss losses lost lots lower lowest machine machines
    made magazine mail main mainly maintain maintained maintaining major majority make maker
    makers makes making manage managed management manager managers managing manufacturer
    manufacturers manufacturing many margin margins mark marked market marketing markets marks
    mass massive match material materials matter matters maturity maximum maybe mean means meant
    measure measures media medical medium meet meeting meetings member members membership memory
    merge merger message metal method methods middle might miles military million millions mind
    mine minimum mining minister ministers ministry minority minute minutes miss missed missing
    mixed mobile model models moderate modern modest moment momentum monetary money monitor
    monitoring month monthly months more moreover morning mortgage most mostly motion move moved
    movement moves moving much multi music must mutual myself name named namely names narrow
    nation national nations nationwide natural nature near nearly necessary need needed needs
    negative negotiate negotiated negotiating negotiations neither nervous network networks
    never nevertheless newly news newspaper newspapers next night nine nobody nominated none
    nonetheless normal normally northern noted notes nothing notice nowhere nuclear number
    numbers obligations obvious obviously occurred offer offered offering offers office officer
    officers offices official officially officials offset offshore often once ones ongoing only
    onto open opened opening operate operated operates operating operation operations operator
    operators opinion opportunities opportunity oppose opposed opposite opposition optimism
    optimistic option options order ordered orders ordinary organisation organisations original
    originally other others otherwise ought ourselves outcome outlook output outside outstanding
    overall overseas owed owned owner owners ownership owns pace package pact page paid panel
    paper papers parent parliament parliamentary part participation particular particularly
    parties partly partner partners partnership parts party pass passed passenger past paying
    payment payments pays peak penalties penalty pending pension people percentage perform
    performance performed performing perhaps period periods permanent permission person personal
    persuade phase phone physical pick picked picture pictures pipeline place placed places plan
    planned planning plans plant plants platform play played player players playing pleased
    pledge pledged plus point pointed points police policies policy political politicians
    politics poll polls poor popular popularity population port portfolio portion position
    positions positive possibility possible possibly post posted potential potentially pound
    pounds power powerful powers practice practices predict predicted prefer preferred
    preliminary premium prepared preparing presence present presented president presidential
    press pressure pressures pretty prevent previous previously price priced prices pricing
    primarily primary prime principal principle prior priority private privately probably
    problem problems procedures proceeds process processing produce produced producer producers
    producing product production products professional professor profile profit profitability
    profitable profits program programme programs progress project projected projects promise
    promised promising promote prompted proper properly properties property proportion proposal
    proposals proposed prospect prospects protect protected protection protest prove proved
    provide provided provides providing provision provisional provisions public publicly
    published publishing pull purchase purchased purchases purpose purposes pursue push pushed
    pushing putting quality quarter quarterly quarters question questioned questions quick
    quickly quiet quite quota quotas quoted race radio raise raised raising rally range ranging
    rapid rapidly rate rates rather rating ratings reach reached reaching reaction read ready
    real reality really reason reasonable reasons receive received receiving recent recently
    recession recognition recommended record recorded records recover recovered recovery reduce
    reduced reducing reduction reductions reference referring reflect reflected reflecting
    reflects reform reforms refused regarding region regional regions registered registration
    regular regularly regulation regulations regulators regulatory rejected related relations
    relationship relative relatively release released relief remain remained remaining remains
    remarks remove removed renewed repay repayments repeated repeatedly replace replaced
    replacement replacing replied report reported reporters reporting reports represent
    representative representatives represented representing represents request requested require
    required requirement requirements requires research reserve reserves resignation resigned
    resolution resolve resolved resources respect respectively respond responded responding
    response responsibility responsible rest restore restrictions restructuring result resulted
    resulting results resume retail retain retire retired retirement return returned returning
    returns revealed revenue revenues reverse review revised rich right rights rise risen rises
    rising risk risks rival rivals road rock role room rose round route rubber rule ruled rules
    ruling rumours running runs rural safe safety said sale sales same sanctions satisfied save
    saving savings saying says scale scandal schedule scheduled scheme school science screen
    search season seasonally seat seats second secondary secret section sector sectors secure
    secured securities security seeing seek seeking seem seemed seems seen sees seldom selected
    self sell selling semi send sending senior sense sensitive sent separate separately series
    serious seriously serve served service services serving session sets setting settle settled
    settlement seven seventh several severe shadow shall shape share shared shareholder
    shareholders shares sharing sharp sharply sheet shift ship shipments shipping ships short
    shortage shortly shot show showed showing shown shows shut side sides sign signal signals
    signed significant significantly signing signs silver similar simple simply since singer
    single site sites situation sixth size slide slight slightly slipped slow slowdown slowed
    slower slowing sluggish small smaller social society soft software sold sole solid solution
    solutions solve somebody somehow someone something sometime sometimes somewhere soon sort
    sought sound source sources southern space sparked speaking special specific speculation
    speech speed spend spending spent spirit split spoke spokesman spokeswoman sport sports spot
    spread spring square stability stable staff stage stages stake stance stand standards
    standing stands star start started starting starts state stated statement statements station
    stations statistics status stay steady steel step stepped steps sterling still stimulate
    stock stocks stood stop stopped storage store stores story straight strategic strategy
    strength strengthen stressed strike strikes strong stronger strongly struck structure
    studies study studying style subject submit submitted subsequent subsidiary subsidies
    substantial substantially succeed success successful successfully such suffer suffered
    suffering sufficient sugar suggest suggested suggesting suggests suit summer summit super
    supplies supply support supported supporters supporting supports sure surge surplus surprise
    surprised surrounding survey suspend suspended suspension sustained swap switch system
    systems table tackle take taken takeover takes taking talk talking talks target targeted
    targets tariffs task taxes team teams technical technologies technology telecommunications
    telephone television telling temporary tend tender term terms test tested testing tests text
    than themselves thereby therefore thing things think thinking thinks third thirds though
    thought thousands threat threatened three through throughout thus tight time times timing
    title today together told tomorrow tonnes took tool tools total totalled totalling totally
    touch tough tour toward towards town track trade traded trader traders trading traditional
    traditionally traffic training transaction transactions transfer transport travel treated
    treatment trend trial trials tried triggered trillion trip trouble troubled true trust
    trying turn turned turning turnover twice type types ultimately unable uncertain uncertainty
    unchanged underground underlying understand understanding understood undisclosed
    unemployment unfair union unions unit units unless unlike unlikely unusual unveiled upgrade
    upon upper upward urged used useful user users uses using usual usually utility value valued
    values variety various vast vehicle vehicles venture version versus vice victims victory
    video view views virtually virus visit visiting vital voice volume vote voted voters votes
    voting vulnerable wage wages wait waiting wake want wanted wants warned warning waste watch
    watching water wave ways weak weaker weakness weather week weekend weekly weeks weight
    welcome welcomed well wells went whatever whenever whereas whereby wherever whether
    whichever whoever whole wholesale wholly wide widely wider widespread willing window wing
    winner winning winter wireless wish withdraw withdrawal withdrawn withdrew within without
    women word words work worked workers workforce working works world worldwide worried worries
    worry worse worst worth write writing written wrong wrote year years yesterday young
    yourself yourselves zero zone
    """
)

_SPANISH = words(
    """
    abrieron academicos acaso accion aceptacion aceptar acero activo activos actua actual
    actualidad acuerdo ademas adicional adicionales administracion agua ahora aire alberga
    alcanzan alcanzo aleman algas algo alguien algun alguna algunas alguno algunos alla alli
    alrededor alta altas ambas ambos amplia amplias amplio analisis ancho animales anos ante
    antenas anterior anteriores anteriormente antes antiguas antiguo antiguos anuncio
    aparentemente aparte apenas aplicacion apoyar apoyo aproximadamente aquel aquella aquellas
    aquello aquellos aqui area areas armadas arquitectura arte articulo articulos asegurar
    asentamiento asentamientos aspectos atlantica atletismo atras audiencia aumentando aumentar
    aumento aunque automoviles autor autoridad autoridades ayuda ayudar baja bajo bandas barrio
    basa basada basado base bastante bien blanco blancos borde bosque bosques britanico
    britanicos brotes cabeza cabo cada cadena calentamiento camara cambiaron cambio cambios
    camino campana campanas campo campos campus canadienses canales cantidad carbon carbono
    cargo carrera carretera casi caso casos categoria causa causada causaron celulas centra
    central centrales centro centros cerca chino chinos ciclo ciencia cientificos ciento cientos
    cierta ciertas cierto ciertos cinco cita ciudad ciudades civil civiles clara clase clases
    cloroplasto cloroplastos codigo coleccion colonia colonial coloniales colonos combinacion
    combustion comenzaron comenzo comercial comerciales comercio comienza comienzo comite
    compania companias comparacion complejidad complejo completa completamente completo
    comportamiento comprende compuesto comun comunes comunidad comunidades concepto concluyo
    condado condujo conexion conflicto congregaciones conjunto conoce conocida conocido
    conocidos conocimiento conseguir considera consiguio consiste constantemente construccion
    construido construir construyo consulta consumo contenido contiene continente continuo
    contratistas contrato control conversion convertido convertirse convirtieron convirtio corte
    corto cosas creacion creado crecido creciente crecimiento cree creen creia creo crisis
    cristianos ctenoforos cuadradas cuadrados cual cuales cualquier cualquiera cuando cuanta
    cuantas cuanto cuantos cuatro cubre cuenta cuerpo cuerpos cuestion cuestiones cultura
    cultural cuyas datos debajo debate debe deben debido decada decir decision declaracion
    declaro dedican defensa defensor definicion delante demanda demas demasiado demostro dentro
    derecha derecho derechos desarrollado desarrollar desarrollo descendientes describe
    desigualdad desobediencia desobedientes despues destruido detras dice diciembre diez
    diferencia diferencias diferente diferentes dificil dijo dinastia dinero direccion directa
    directamente director disenada diseno disposicion disposiciones division dolares dominio
    donde durante economia economica economico economista edad edificio edificios educacion
    efecto efectos eficiencia ejecutivo ejemplo ejemplos ejercito eleccion elecciones electrica
    electricas electricidad electrico elegido elementos embargo emperador empresa empresas
    encima encontrado encontrar encuentra encuentran energia enero enfermedad enfermedades
    enfrente entero enteros entonces entrada entre enviado envio epidemias equipo equipos
    erroneamente escala escoces escribio escrito escuela escuelas esencial esfuerzo espaciales
    espacio espacios especial especiales especialmente especies estaban establece establecer
    establecieron establecio estaciones estado estadounidense estadounidenses estandar
    estandares estar estatal esten estilo estilos estructura estudiantes estudio estudios estuvo
    europeos eventos evidencia evitar evolucion excepto exige existen existencia exito expansion
    experiencia explicar extendio extension exterior externa extiende extremadamente extremo
    fabricacion falta familia familias famosa famoso farmaceuticos febrero filas final finales
    finalmente financiar financiera firma firmas fondo forma formacion formalmente forman formar
    formas formo fosiles frances francesa francesas franceses frente fuera fuerte fuerza fuerzas
    funcion funcionarios funciones fundamentales futbol ganado ganar gano garantizar general
    generales generalizada generalizado generalmente genes gestion global globales gobernador
    gobierno gobiernos grado gran grande grandes griego grupo grupos gubernamentales guerras
    haber habitantes habla hace hacen hacer hacerlo hacia hasta haya hecha hecho hicieron hielo
    hipotesis historia historiador historias hizo hogar hombre hombres honor hubiera hubo
    huesped hugonotes humano idea ideas identidad igual igualdad imagen imagenes impacto
    imperial imperialismo imperio implica importancia importante importantes impuestos incluida
    incluir incluso incluye incluyen independiente independientes indican indio individuales
    industria inferior influencia informe informo ingenieros ingles inglesa ingresos iniciar
    inmunologico inspeccion instalaciones instancia instituciones intencion intento interes
    interior interna internacional internas introdujeron invasion investigacion investigaciones
    jamas jovenes junto lado lanzada lanzo larga largo legal legislacion legislativa lejos
    lengua leyes libre libro lider liga ligeramente limitada limitados linajes linea lineas
    lista llama llamada llamadas llamado llega llegar llegaron lleva llevar llevo local locales
    logrado lograr luego lugar lugares maestro mando manera manos mantuvo maquina maquinas marco
    marzo masa maxima maximo mayo mayor mayores mayoria media mediados mediante medicamentos
    medicina medico medicos medida medidas medievales mejor membrana menor menores menos menudo
    mercado mercados mesa meses metodo metodos metropolitana mezcla miembro miembros mientras
    militar militares millas millones ministerio ministro ministros misma mismas mismo mismos
    mitad modelo modelos moderna modernas modernos modo moleculas momento mongola mongoles
    montanas mostraron motor motores movimiento movimientos mucha muchas mucho muchos muerte
    muestra muestran mueve mundo museo musica musulmanes nacionales naciones nada nadie natural
    necesaria necesario necesidad negocios negro nieve ningun ninguna ninguno ninos nivel
    niveles nombre nombres nombro normal normalmente normandos normas noroeste norte nosotros
    nuclear nucleo nuevas nueve nuevo nuevos numero numeros numerosas numerosos nunca objetivo
    objetivos objeto objetos obra obras obtener ocasiones occidental occidentales ocho octubre
    oeste oficial opinion opiniones opuesta orden ordenador organismos organizacion organo
    origen original originales originalmente otra otras otro otros oxigeno pacientes padre pais
    paises palabra papel paquetes parte partes participacion participar particular
    particularmente partidos partir pasado paso patentes peliculas pensamiento penso peor
    pequena pequenas pequeno pequenos periodo periodos permite permitio pero persona personas
    pesar peste peticion petroleo pies plaga planeta plantas plantea plataforma poblacion
    poblaciones pobreza poca pocas poco pocos poder podia podian podria podrian polaco politica
    politicas politico politicos poner popular posible posiblemente posibles posicion posterior
    potencia practica practicamente precios premio preocupacion presencia presentar presente
    presidente presidentes presion primaria primer primera primeras primero primeros primo
    primos principal principales principalmente principio principios privada privadas
    probablemente problema problemas proceso produccion produce producir producto produjo
    profesional profesionales programa programacion programas promover pronto propago propia
    propias propiedad propio propios proporcion proporciona proporcionar propuso proteccion
    protocolo proyecto proyectos prueba pruebas publica publicas publico publicos pudo pueblo
    pueda puede pueden puente puertas pues punto puntos quien quienes quiza quizas radio rama
    rapida rapidamente rapido razon real realidad receptores reciben recibio recien reciente
    record recurrentes redes reduccion referendum refiere region registro reinado relacion
    relacionadas relacionados relaciones religion religiosa religiosas rendimiento repetidamente
    representa requisitos resolver respecto responsabilidad responsable respuesta resto restos
    restricciones resultado revision revista rival rocas rojas salud salvo seccion sector
    secuencia secundaria secundarias sede seguido segun segunda segundo seguridad seis selva
    sentido sera seria serie servicio servicios setenta sido siempre siendo siglas siglo
    significa sigue siguen siguiente siguientes siguio similar simple simplemente sino sirven
    sistema sistemas sitio situadas sobre social sociales sociedades sola solas soldados solo
    solos suele suelen suficiente sufrio sugiere suministrar superficie superior suroeste tales
    tamano tambien tampoco tanta tantas tanto tantos tarde tasa tasas teatro television
    temperatura temperaturas temporada temporales temprana temprano tendencia tener tengan tenia
    tenian tenido tentaculos teoria teorias tercer termino terrestre terrestres territorio
    tiempo tienden tierra tierras tipo tipos titulado titulo toda todas todavia todo todos total
    trabajan trabajo trabajos tradicional tradicionales traduccion transmision transporte tras
    tratamiento traves treinta tres tribus tripulado tropas tropical tuvieron tuvo ultima ultimo
    ultimos unas unica unico unidades universidades unos urbana urbano usado usan usando usar
    usted ustedes utiliza utilizando utilizar vapor varias variedad varios veces vegetacion
    vehiculo velocidad verano verdes version vias vicepresidente vida video virtud vivienda
    viviendo volumen vosotros voto vuelo zona zonas
    """
)

USUAL = _ENGLISH | _SPANISH
