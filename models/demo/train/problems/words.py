"""English words that training stories are filled with, so that a visitor's own words are copied letter by letter.

None of them is in a held-out pool.
"""

WORDS = {
    "noun": """account acid actor age air airport anchor angle ant apple apron arrow artist atom attic autumn axe baby bacon bag ball
        balloon banana band bank barn basket bath beach bean bear beard bed bee beer belt bench berry bicycle bird biscuit blanket blood
        board boat body bone book boot border bottle bowl brain branch brass bread breakfast breath brick brother brush bubble bucket
        building bulb butter button cabin cable cactus cake camel camera camp canal candle canvas captain card carpet carrot cart
        castle cat cattle cave cement chain chair chalk channel cheese cherry chest chicken child chimney chin choice church cigar circle
        citizen city class clay cliff climate cloth cloud clown coal coast coat coffee coin collar colour column comb compass concert cook
        copper cord cork corn cotton cough country cousin cover cow cream credit cricket crime crop crowd crown cruise crystal culture cup
        curtain curve cushion custom cycle damage dancer danger daughter dawn day deal debt decade deer degree desert desk detail
        device diamond diet dinner dirt doctor dog doll dollar dolphin donkey dragon drama dream dress drink driver drop drum duck dust
        duty eagle ear earth east echo edge effect effort egg elbow elephant energy enemy engineer error escape evening exam example
        exit expert eye fabric face factory family farm farmer fashion father fear feather fence ferry field fight figure film finger fish
        fist flag flame flavour fleet flight flour flower flute fly folk food foot forest fork fortune fountain fox frame friend frog
        fruit fuel fur game gap garlic gas gate ghost giant gift ginger giraffe girl glass glove glue goal goat gold goose grain grape graph
        grass growth guard guest guide guitar gun habit hair hall ham hammer hand harbour harvest hat health heart hedge height helmet hen
        hill history hole holiday home honey hook horn horse hospital hotel hour house humour hut idea inch income index industry injury ink
        insect island item ivory jacket jam jar jaw jelly jewel job joke journey judge juice jungle jury kangaroo king kingdom kitchen
        kite knee knife knot label lace lake lamb land language lawyer leader leaf leather lemon lesson letter level library lion lip
        list liver loaf lock log lorry loss lunch lung magnet maid map marble market mask match meal measure meat medal metal meter
        milk mill mind mine minute mistake mixture model moment money monkey month moon motion mountain mouse mouth movement muscle museum
        mushroom nail napkin nation neck needle nerve nest net night nose note number nurse nut oak ocean office onion opera orange
        order organ owner oxygen page pain paint palace pan paper parade parcel parent park parrot party path peace peach pear pen pencil
        pepper person pet petrol piano picture pie pig pillow pilot pin pizza planet plant plate player pleasure plot pocket poem poet
        poison police pond pony poppy port pot potato powder power price pride priest prince prison prize profit puzzle quality
        quantity queen question quilt rabbit race radio rail rate reason record rice ring risk roof root rope rose route
        rubber rule rumour sack sail salad salt sand sauce school science scissors sea seat secret seed shade shadow shape sheep sheet
        shelf shell shirt shoe shock shoulder sign silk silver sister skin skirt sky sleep smell smile snake soap sock soil
        song soup space spade spark spider sponge spoon sport spring square stamp star station steam steel stem step stick stomach stone
        story stove stream street string student sugar suit summer sun supper surprise swan sword table tail tax tea teacher team temple
        tent theatre thread throat thumb ticket tiger tin toast toe tomato tongue tooth tower town toy trade traffic tray tree trial tribe
        trick trouble trousers truck turn twig umbrella uncle unit value van vase veil vein vessel village violin visit voice volcano
        voyage wagon wall war watch wave wax wealth weather weight whale wheel whip whistle wife wind wine wing winter wire wolf woman
        wood wool word work world worm wound wrist yard year youth zebra zone""".split(),
    "adjective": """able acid angry awake bad bald basic bent big bitter blind blue bold brave brief bright busy calm careful central cheap
        chief civil clever cloudy common complex cool correct crazy cruel curly curved daily dark dead deaf deep delicate dense different dim
        distant double dusty eager early easy electric elegant equal exact extra false famous fancy fat firm flat fond foreign frequent fresh
        front frozen full funny general gentle giant glad good grand gray great grey happy hard healthy high hollow honest huge human humid
        hungry ill important jolly just kind large last lazy left light likely little local lonely long loose lost lovely mad
        main male mean medical mild minor modern moist muddy narrow natural nervous nice noisy normal odd old open orange ordinary outer pale
        past perfect pink plain polite poor possible present pretty private proud public pure purple quick quiet rare raw
        regular rich right rigid ripe rough round royal rude rural sad safe same secret separate serious shallow sharp shiny short shy
        silent silly simple single sleepy small smart smooth social soft solid sour special steep sticky stiff straight strange strict
        strong sudden sweet tall tame tender thin tidy tight tiny tough true ugly upper urban urgent useful usual vague vast
        violent violet warm weak wealthy weird wide wild wise wooden wrong yellow young""".split(),
}
