"""The genres that the passages of `reading_comprehension` are written in. No word of the vocabularies stands in one."""

from __future__ import annotations

from clpipe.arena.reserve import templates
from clpipe.arena.words.reading_comprehension_telling import Genre, Value, Verb


def _place(put: str, moved: str, sought: str = "get") -> Value:
    return Value(
        f"was {put} in the {{v}}",
        "In which place is {x}?",
        f"To which place must you go to {sought} {{x}}?",
        f"Which {{i}} can you {sought} in the {{v}}?",
        f"later {{x}} was {moved} to the {{v}}",
        "At first, in which place was {x}?",
        "After all changes, in which place is {x}?",
    )


def _day(done: str, other: str) -> Value:
    return Value(
        f"will be {done} on {{v}}",
        f"On which day will {{x}} be {done}?",
        f"On which day will {{x}} be {other}?",
        f"Which {{i}} will be {other} on {{v}}?",
        "later the day for {x} was changed to {v}",
        f"Before any change, on which day was {{x}} to be {done}?",
        f"After all changes, on which day will {{x}} be {done}?",
    )


def _verb(base: str, past: str, participle: str, other_base: str, other_past: str = "") -> Verb:
    return Verb(base, past, participle, other_base, other_past or other_base)


COINS = Value(
    "costs {v} coins",
    "How many coins does {x} cost?",
    "What is the price of {x} in coins?",
    "Which {i} has a price of {v} coins?",
    "later the price of {x} was changed to {v} coins",
    "How many coins did {x} cost at first?",
    "How many coins does {x} cost now?",
)
WORTH = Value(
    "is worth {v} crowns",
    "How many crowns is {x} worth?",
    "What is the value of {x} in crowns?",
    "Which {i} has a value of {v} crowns?",
    "later the value of {x} was changed to {v} crowns",
    "How many crowns was {x} worth at first?",
    "How many crowns is {x} worth now?",
)
NUMBER = Value(
    "has number {v}",
    "Which number does {x} have?",
    "Under which number is {x} listed?",
    "Which {i} is listed under number {v}?",
    "later {x} was given number {v} instead",
    "Which number did {x} have at first?",
    "Which number does {x} have now?",
)
AGE = Value(
    "is {v} years old",
    "How many years old is {x}?",
    "What is the age of {x} in years?",
    "Which {i} has an age of {v} years?",
    "later the age of {x} was corrected to {v} years",
    "At first, how many years old was {x} said to be?",
    "After all changes, how many years old is {x} said to be?",
)
WEIGHT = Value(
    "weighs {v} pounds",
    "How many pounds does {x} weigh?",
    "What is the weight of {x} in pounds?",
    "Which {i} has a weight of {v} pounds?",
    "later the weight of {x} was corrected to {v} pounds",
    "At first, how many pounds was {x} said to weigh?",
    "After all changes, how many pounds is {x} said to weigh?",
)
POINTS = Value(
    "got {v} points",
    "How many points did {x} get?",
    "What was the score of {x}?",
    "Which {i} had a score of {v}?",
    "later the score of {x} was changed to {v} points",
    "How many points did {x} get at first?",
    "How many points does {x} have now?",
)

ACTIVE = "{p} {past} {x}"
PASSIVE = "{x} was {participle} by {p}"
AND_IT = "{p} {past} {x}, and it {told}"
SEMICOLON = "{p} {past} {x}; it {told}"
BY = "{x} was {participle} by {p} and {told}"
THAT = "{x} that {p} {past} {told}"
INSET = "{x}, {participle} by {p}, {told}"
AFTERWARDS = "{x} {told}; {p} {past} it"


GENRES = templates(
    {
        "diary": Genre(
            "{text} {question}",
            "Dear diary, our new home is filling up.",
            ("It rained all morning.", "I am very tired tonight.", "We laughed a lot at supper."),
            "thing",
            ACTIVE,
            AND_IT,
            "{p} is the {job}",
            _verb("bring", "brought", "brought", "carry in", "carried in"),
            _verb("clean", "cleaned", "cleaned", "get the dirt off", "got the dirt off"),
            _place("put", "moved"),
            _day("collected", "picked up"),
            NUMBER,
        ),
        "village-news": Genre(
            "Village news: {text} {question}",
            "The summer fair was a great success.",
            ("The weather stayed fine.", "There was music until midnight.", "Many visitors came by bus."),
            "prize",
            ACTIVE,
            SEMICOLON,
            "{p} is our {job}",
            _verb("give", "gave", "given", "make a gift of", "made a gift of"),
            _verb("mend", "mended", "mended", "fix", "fixed"),
            _place("placed", "taken"),
            _day("raffled", "given away in the raffle"),
            WORTH,
        ),
        "travel-log": Genre(
            "Travel log. {text} Question: {question}",
            "The fourth day of our journey began with a storm.",
            ("The road was full of mud.", "We saw an eagle over the hills.", "Nobody slept well."),
            "object",
            ACTIVE,
            THAT,
            "{p} is the {job}",
            _verb("find", "found", "found", "come across", "came across"),
            _verb("draw", "drew", "drawn", "make a drawing of", "made a drawing of"),
            _place("left", "carried"),
            _day("sent home", "put on the ship home"),
            WEIGHT,
        ),
        "museum-label": Genre(
            "Read the label on the wall of a museum. {text} {question}",
            "This small collection was opened last spring.",
            ("Please do not touch anything.", "Photos are allowed.", "Children enter for free."),
            "exhibit",
            PASSIVE,
            INSET,
            "the {job} is called {p}",
            _verb("donate", "donated", "donated", "give away", "gave away"),
            _verb("restore", "restored", "restored", "renovate", "renovated"),
            _place("set up", "transferred", "see"),
            _day("put on show", "shown to the public"),
            AGE,
        ),
        "inventory": Genre(
            "Inventory note: {text} {question}",
            "Everything was counted once more this week.",
            ("Two pages of the old list are torn.", "The count took three hours.", "Nothing is missing."),
            "item",
            PASSIVE,
            BY,
            "the {job} is {p}",
            _verb("order", "ordered", "ordered", "send for", "sent for"),
            _verb("label", "labelled", "labelled", "write the label for", "wrote the label for"),
            _place("stored", "shifted"),
            _day("sold", "handed to a buyer"),
            COINS,
        ),
        "letter": Genre(
            '"{text}" That was the letter. {question}',
            "Dear aunt, thank you for your kind words.",
            ("We are all well.", "Please write again soon.", "The nights are getting cold."),
            "present",
            ACTIVE,
            AND_IT,
            "{p} is the {job}",
            _verb("buy", "bought", "bought", "pay for", "paid for"),
            _verb("wrap", "wrapped", "wrapped", "put paper around", "put paper around"),
            _place("hidden", "brought"),
            _day("unpacked", "taken out of its paper"),
            COINS,
        ),
        "minutes": Genre(
            "Minutes of the meeting: {text} {question}",
            "The club met at noon and talked about its property.",
            ("The last minutes were read aloud.", "Coffee was served.", "The window could not be closed."),
            "item",
            PASSIVE,
            BY,
            "{p} is the {job}",
            _verb("lend", "lent", "lent", "let the club borrow", "let the club borrow"),
            _verb("inspect", "inspected", "inspected", "look over", "looked over"),
            _place("kept", "moved"),
            _day("returned", "taken back"),
            WORTH,
        ),
        "schedule": Genre(
            "{question} Look it up in this plan. {text}",
            "The plan for the film team is ready.",
            ("Lunch is at one.", "Quiet, please, while we work.", "The team hopes for sunshine."),
            "prop",
            ACTIVE,
            AFTERWARDS,
            "the {job} is {p}",
            _verb("choose", "chose", "chosen", "pick out", "picked out"),
            _verb("test", "tested", "tested", "try out", "tried out"),
            _place("set down", "driven"),
            _day("filmed", "in front of the cameras"),
            NUMBER,
        ),
        "auction": Genre(
            "From the auction papers: {text} {question}",
            "A large house is being emptied.",
            ("Buyers may look around from ten.", "Cash only, please.", "The doors close at six."),
            "lot",
            PASSIVE,
            INSET,
            "{p} is the {job}",
            _verb("deliver", "delivered", "delivered", "hand over", "handed over"),
            _verb("photograph", "photographed", "photographed", "take a picture of", "took a picture of"),
            _place("locked away", "carried"),
            _day("auctioned", "sold to the highest bidder"),
            COINS,
        ),
        "contest": Genre(
            "Here is a report. {text} Answer this: {question}",
            "The craft contest drew a big crowd.",
            ("The judges wore red.", "There was free lemonade.", "The mood was excellent."),
            "entry",
            PASSIVE,
            BY,
            "{p} is the {job}",
            _verb("make", "made", "made", "produce", "produced"),
            _verb("measure", "measured", "measured", "take the measurements of", "took the measurements of"),
            _place("shown", "carried", "see"),
            _day("painted", "covered with paint"),
            POINTS,
        ),
        "lost-property": Genre(
            "{question} The notice says: {text}",
            "Many things were lost on our trains this month.",
            ("Please bring a photo of yourself.", "We are closed at noon.", "No questions by phone."),
            "object",
            PASSIVE,
            THAT,
            "the {job} is called {p}",
            _verb("lose", "lost", "lost", "leave behind", "left behind"),
            _verb("find", "found", "found", "come upon", "came upon"),
            _place("kept", "transferred"),
            _day("claimed", "asked for by its owner"),
            NUMBER,
        ),
        "expedition": Genre(
            "Report from the north. {text} {question}",
            "The camp is safe, although the snow is deep.",
            ("The wind never stops.", "Our dogs are in good health.", "Two tins of beans are left."),
            "piece",
            ACTIVE,
            AND_IT,
            "{p} is our {job}",
            _verb("pack", "packed", "packed", "stow", "stowed"),
            _verb("repair", "repaired", "repaired", "mend", "mended"),
            _place("kept", "dragged"),
            _day("dug out", "freed from the snow"),
            WEIGHT,
        ),
        "phone-message": Genre(
            "A message on the phone says: {text} {question}",
            "Hello, this is about the house move.",
            ("I will call again tonight.", "The traffic is terrible.", "Do not forget to eat."),
            "piece",
            ACTIVE,
            SEMICOLON,
            "{p} is the {job}",
            _verb("sell", "sold", "sold", "part with", "parted with"),
            _verb("weigh", "weighed", "weighed", "find the weight of", "found the weight of"),
            _place("dropped off", "taken"),
            _day("fetched", "picked up"),
            COINS,
        ),
        "flood-report": Genre(
            "Text: {text} Question: {question}",
            "After the flood the town counts what is left.",
            ("The river is falling now.", "Nobody was hurt.", "The bridge is open again."),
            "object",
            PASSIVE,
            INSET,
            "{p} is the {job}",
            _verb("rescue", "rescued", "rescued", "save", "saved"),
            _verb("dry", "dried", "dried", "get the water out of", "got the water out of"),
            _place("laid out", "brought"),
            _day("given back", "handed to its owner"),
            WORTH,
        ),
        "stage-notes": Genre(
            "Notes for the play: {text} {question}",
            "The first night is only a month away.",
            ("Everybody must speak louder.", "The costumes are nearly done.", "The tickets sell well."),
            "prop",
            ACTIVE,
            THAT,
            "{p} is the {job}",
            _verb("borrow", "borrowed", "borrowed", "take on loan", "took {x} on loan"),
            _verb("paint", "painted", "painted", "put paint on", "put paint on"),
            _place("put down", "carried"),
            _day("needed", "called for"),
            NUMBER,
        ),
        "catalogue": Genre(
            "{question} Search this page of a catalogue. {text}",
            "All pieces were made by hand in our valley.",
            ("We pack with care.", "Ask us about other colours.", "Orders by post are welcome."),
            "piece",
            ACTIVE,
            AFTERWARDS,
            "the {job} is called {p}",
            _verb("design", "designed", "designed", "draw up the plans for", "drew up the plans for"),
            _verb("describe", "described", "described", "write about", "wrote about"),
            _place("put away", "brought"),
            _day("shipped", "sent off"),
            COINS,
        ),
    }
)
"""Each tells every kind of passage and asks every kind of question."""
