import pytest

from clpipe.arena.solvers.causal_reasoning import solve

END = "Answer yes, no or unknown."

FOLLOWS = [
    # forwards, backwards, and the two fallacies one word away
    (f"If Mona arrives, the lion roars. Mona arrives. Does the lion roar? {END}", "Yes"),
    (f"If Mona arrives, the lion does not roar. Mona arrives. Does the lion roar? {END}", "No"),
    (f"If Mona arrives, the lion roars. Mona does not arrive. Does the lion roar? {END}", "Unknown"),
    (f"If Mona arrives, the lion roars. The lion does not roar. Does Mona arrive? {END}", "No"),
    (f"If Mona arrives, the lion roars. The lion roars. Does Mona arrive? {END}", "Unknown"),
    (f"If Mona does not arrive, the lion roars. The lion does not roar. Does Mona arrive? {END}", "Yes"),
    # either condition is enough, both are wanted
    (f"If Mona arrives or the gas leaks, the lion roars. The gas leaks. Does the lion roar? {END}", "Yes"),
    (f"If Mona arrives and the gas leaks, the lion roars. The gas leaks. Does the lion roar? {END}", "Unknown"),
    (f"If Mona arrives or the gas leaks, the lion roars. The lion does not roar. Does the gas leak? {END}", "No"),
    # by cases, without knowing which
    (f"If the bus waits, Zita wins. If the bus does not wait, Zita wins. Does Zita win? {END}", "Yes"),
    # a rule within a rule
    (f"If the bus waits, then if Zita wins, the gas leaks. The bus waits. Zita wins. Does the gas leak? {END}", "Yes"),
    (
        f"When the bus waits, Zita wins if the gas leaks. The bus waits. Zita does not win. Does the gas leak? {END}",
        "No",
    ),
    (f"When the bus waits, Zita wins if the gas leaks. Zita does not win. Does the gas leak? {END}", "Unknown"),
]

FRAMES = [
    ("Yes, no or unknown: does the dam hold? The dam does not hold whenever Piet lies. Piet lies.", "No"),
    ("Decide whether the dam holds: yes, no or unknown. Each time Piet lies, the dam holds. Piet lies.", "Yes"),
    ("Any time Piet lies, the dam holds. Choose yes, no or unknown: does the dam hold?", "Unknown"),
    ("Known: Piet lies. If Piet lies, then the dam holds. So does the dam hold? Yes, no or unknown?", "Yes"),
    ("Every time Piet lies, the dam holds. Piet lies. Is it true that the dam holds? (yes, no or unknown)", "Yes"),
    (
        "Every time Piet lies, the dam holds. Piet lies. Is it true that the dam does not hold? (yes, no or unknown)",
        "No",
    ),
    ("Rules: The dam holds if Piet lies. Facts: Piet lies. Question: Does the dam hold? Yes, no or unknown?", "Yes"),
    ("Assume this. When Piet lies, the dam holds. Piet lies. Does the dam hold? Reply yes, no or unknown.", "Yes"),
]

RULES = "If the bell rings, the dog runs. If the dog runs, both Ada hides and the cow kicks."
INTERVENTIONS = [
    # seen, the effect speaks of its cause; brought about, it does not; its own effects follow either way
    (f"{RULES} The dog does not run. Does the bell ring? {END}", "No"),
    (
        f"{RULES} Someone from outside does not let the dog run, whatever the rules say. Does the bell ring? {END}",
        "Unknown",
    ),
    (
        f"{RULES} Whatever the rules say, someone forces the dog not to run. The bell rings. Does the dog run? {END}",
        "No",
    ),
    (f"{RULES} An outsider makes the dog run, whatever the rules say. Does the cow kick? {END}", "Yes"),
    # an event brought about stays a cause, and its other causes cannot stop it
    (
        f"{RULES} An outsider makes the dog run, whatever the rules say. The bell does not ring. Does Ada hide? {END}",
        "Yes",
    ),
    # half of a rule goes, the other stays
    (
        f"{RULES} An outsider does not let Ada hide, whatever the rules say. The bell rings. Does the cow kick? {END}",
        "Yes",
    ),
    (f"{RULES} An outsider does not let Ada hide, whatever the rules say. The bell rings. Does Ada hide? {END}", "No"),
    (
        f"{RULES} An outsider makes Ada hide, whatever the rules say. The cow does not kick. Does the bell ring? {END}",
        "No",
    ),
    (
        f"{RULES} An outsider makes the cow kick, whatever the rules say. The cow kicks. Does the bell ring? {END}",
        "Unknown",
    ),
]

CONTRADICTIONS = [
    f"If Mona arrives, the lion roars. Mona arrives. The lion does not roar. Does Mona arrive? {END}",
    f"The lion roars. The lion does not roar. Does Mona arrive? {END}",
    f"{RULES} An outsider makes the dog run, whatever the rules say. The dog does not run. Does Ada hide? {END}",
    f"{RULES} An outsider makes the dog run, whatever the rules say. The cow does not kick. Does Ada hide? {END}",
]

MORPHOLOGY = [
    (f"If Boris carries water, the fox sits down. The fox does not sit down. Does Boris carry water? {END}", "No"),
    (f"If the jury passes, Max has lunch. Max does not have lunch. Does the jury pass? {END}", "No"),
    (f"If the judge judges, the wasp buzzes. The wasp does not buzz. Does the judge judge? {END}", "No"),
    (f"If Bess does homework, Gus goes out. Gus doesn’t go out. Does Bess do homework? {END}", "No"),
    (f"If the lamp is on, Jo's cat is calm. Jo's cat is not calm. Is the lamp on? {END}", "No"),
    (
        f"If the garden gate opens, the glass door shuts. The garden gate opens. Does the glass door shut? {END}",
        "Yes",
    ),
    (
        f"Whatever the rules say, someone forces the lamp to be on. If the lamp is on, Will naps. Does Will nap? {END}",
        "Yes",
    ),
    # one word apart, and so other events
    (f"If Mona stays late, the lion roars. Mona stays home. Does the lion roar? {END}", "Unknown"),
    (f"If Mona stays home, the lion roars. Ramona stays home. Does the lion roar? {END}", "Unknown"),
    (f"If Mona stays home, the lion roars. Mona stays home. Does the lioness roar? {END}", "Unknown"),
]

UNREADABLE = [
    f"Mona arrives. {END}",  # nothing is asked
    "If Mona arrives, the lion roars. Does the lion roar?",
    f"Mona arrives. Does Mona arrive? Does the lion roar? {END}",
    f"Unless Mona arrives, the lion roars. Does the lion roar? {END}",
    f"The lion roars only if Mona arrives. Does the lion roar? {END}",
    f"The lion roars because Mona arrives. Does the lion roar? {END}",
    f"The lion never roars. Does the lion roar? {END}",
    f"The lion may roar. Does the lion roar? {END}",
    f"The does not roar. Does the lion roar? {END}",
    f"Some lion roars. Does the lion roar? {END}",
    f"Mona and Zita sing. Does Zita sing? {END}",
    f"If Mona arrives, the lion roars. Mona does arrive. Does the lion roar? {END}",  # or does she do an arrive?
    f"Mona arrived. Does Mona arrive? {END}",
    f"Someone forces Mona to arrive. Does Mona arrive? {END}",  # whatever the rules say?
    f"Whatever the rules say, someone asks Mona to arrive. Does Mona arrive? {END}",
    # more readings than one
    f"If Mona arrives and Zita wins or the gas leaks, the lion roars. Does the lion roar? {END}",
    f"The lion roars and Zita wins if Mona arrives. Does the lion roar? {END}",
    f"If Mona arrives, the lion roars and Zita wins. Does the lion roar? {END}",
    f"If Mona arrives, the lion roars or Zita wins. Does the lion roar? {END}",
]


@pytest.mark.parametrize(("prompt", "answer"), FOLLOWS + FRAMES + INTERVENTIONS + MORPHOLOGY)
def test_the_answer_worked_by_hand(prompt: str, answer: str) -> None:
    assert solve(prompt) == {answer}


@pytest.mark.parametrize("prompt", CONTRADICTIONS)
def test_contradictory_words_allow_no_answer(prompt: str) -> None:
    assert solve(prompt) == set()


@pytest.mark.parametrize("prompt", UNREADABLE)
def test_what_it_does_not_understand_it_does_not_answer(prompt: str) -> None:
    with pytest.raises(ValueError, match="cannot read"):
        solve(prompt)
