"""Rows of a batch: the same alone as together, each with its own end, and nothing lost on the way."""

import numpy as np
import pytest

from simulators.multi_draft.hook import transformers_generate

torch = pytest.importorskip("torch", reason="the hook needs torch, of the extra multi_draft")

PROMPTS = [[3], [5, 6, 7, 2, 9], [1, 2, 3, 4], [8, 8], [10, 9, 8, 7, 6, 5, 4]]
RULES = [
    {},
    {"eos_token_id": 4},
    {"repetition_penalty": 1.8},
    {"no_repeat_ngram_size": 2},
    {"min_new_tokens": 9, "eos_token_id": 4},
]
FAMILIES = ["llama", "gpt2", "mistral_window", "gemma3_window", "qwen2", "gpt_neox", "opt"]


def padded(prompts):
    width = max(map(len, prompts))
    ids = torch.tensor([[0] * (width - len(prompt)) + prompt for prompt in prompts])
    mask = torch.tensor([[0] * (width - len(prompt)) + [1] * len(prompt) for prompt in prompts])
    return {"input_ids": ids, "attention_mask": mask}


def generate(model, prompts, **options):
    options = {"do_sample": True, "top_k": 0, "max_new_tokens": 24, "seed": 5, "pad_token_id": 0, **options}
    return model.generate(**padded(prompts), custom_generate=transformers_generate, **options)


def new_tokens(model, prompts, **options):
    width = max(map(len, prompts))
    return [row[width:].tolist() for row in generate(model, prompts, **options)]


@pytest.mark.parametrize("attention", ["sdpa", "eager"])
@pytest.mark.parametrize("family", FAMILIES)
def test_a_row_is_the_same_alone_and_in_a_batch(tiny, family, attention):
    model, draft = tiny(family, attention=attention), tiny(layers=1, seed=5)
    together = new_tokens(model, PROMPTS, draft_model=draft)
    for number, prompt in enumerate(PROMPTS):
        assert new_tokens(model, [prompt], draft_model=draft, request=[number]) == [together[number]]


def test_the_order_of_rows_does_not_matter(tiny):
    model, draft = tiny(), tiny(layers=1, seed=5)
    together = new_tokens(model, PROMPTS, draft_model=draft)
    back = new_tokens(model, PROMPTS[::-1], draft_model=draft, request=list(range(len(PROMPTS)))[::-1])
    assert back == together[::-1]


def test_rows_end_on_their_own(tiny):
    model, draft = tiny(), tiny(layers=1, seed=5)
    ended = new_tokens(model, PROMPTS, draft_model=draft, eos_token_id=4, max_new_tokens=40)
    free = new_tokens(model, PROMPTS, draft_model=draft, max_new_tokens=40)
    lengths = set()
    for row, whole in zip(ended, free, strict=True):
        stop = whole.index(4) + 1 if 4 in whole else len(whole)
        assert row == whole[:stop] + [0] * (len(row) - stop)
        lengths.add(stop)
    assert len(lengths) > 2
    assert len(ended[0]) == max(lengths)


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("options", RULES)
def test_greedy_decoding_is_that_of_generate(tiny, family, options):
    model, draft = tiny(family), tiny(layers=1, seed=5)
    options = {"do_sample": False, "max_new_tokens": 24, "pad_token_id": 0, **options}
    plain = model.generate(**padded(PROMPTS), **options)
    for scheme in ("optimal", "top_k"):
        ours = generate(model, PROMPTS, draft_model=draft, scheme=scheme, seed=2, **options)
        assert torch.equal(ours, plain)


@pytest.mark.parametrize("length", [1, 2, 3, 11])
@pytest.mark.parametrize("drafts", [{"draft_count": 1, "draft_length": 1}, {"draft_count": 3, "draft_length": 5}])
def test_as_many_tokens_as_asked_for(tiny, length, drafts):
    model = tiny()
    assert generate(model, PROMPTS, draft_layers=1, max_new_tokens=length, **drafts).shape == (5, 7 + length)


def test_a_seed_gives_the_same_and_another_gives_other_tokens(tiny):
    model, draft = tiny(), tiny(layers=1, seed=5)
    first, again, other = (
        new_tokens(model, PROMPTS, draft_model=draft, seed=seed) for seed in ((7, 1), (7, 1), (7, 2))
    )
    assert first == again != other


def test_without_a_seed_torch_decides(tiny):
    model, draft = tiny(), tiny(layers=1, seed=5)
    answers = []
    for seed in (1, 1, 2):
        torch.manual_seed(seed)
        answers.append(new_tokens(model, PROMPTS, draft_model=draft, seed=None))
    assert answers[0] == answers[1] != answers[2]


def test_several_answers_to_one_prompt_differ(tiny):
    model = tiny()
    assert len({tuple(row) for row in new_tokens(model, [[3, 4]], draft_layers=1, num_return_sequences=4)}) == 4


def test_a_draft_that_is_the_target_is_always_accepted(tiny):
    model = tiny()
    output = generate(model, PROMPTS, draft_model=model, draft_count=2, return_dict_in_generate=True)
    counted = output.multi_draft
    assert counted.acceptance == 1.0
    # 24 tokens: four rounds of five, then one of four.
    assert counted.target_calls == [5] * 5
    assert counted.tokens == [24] * 5
    assert counted.block_efficiency == 24 / 5


def test_statistics_count_what_came_out(tiny):
    model, draft = tiny(), tiny(layers=1, seed=5)
    output = generate(model, PROMPTS, draft_model=draft, eos_token_id=4, return_dict_in_generate=True)
    counted = output["multi_draft"]
    for row, tokens in zip(output.sequences[:, 7:].tolist(), counted.tokens, strict=True):
        assert tokens == (row.index(4) + 1 if 4 in row else len(row))
    assert counted.verified[0] >= counted.verified[1] >= counted.accepted[1]
    assert 0 < counted.acceptance < 1
    assert counted.target_forwards == max(counted.target_calls) + 1


def test_more_drafts_are_accepted_more_often(tiny):
    model, draft = tiny(), tiny(layers=1, seed=5)
    shares = [
        generate(
            model, PROMPTS * 10, draft_model=draft, draft_count=count, draft_length=1, return_dict_in_generate=True
        ).multi_draft.acceptance
        for count in (1, 4, 16)
    ]
    assert shares[0] < shares[1] < shares[2]


def test_a_streamer_is_given_the_prompt_and_all_tokens(tiny):
    class Streamer:
        def __init__(self):
            self.tokens, self.ended = [], False

        def put(self, value):
            self.tokens += value.flatten().tolist()

        def end(self):
            self.ended = True

    model, streamer = tiny(), Streamer()
    answer = generate(model, [[3, 4]], draft_layers=1, token_streamer=streamer)
    assert streamer.tokens == answer[0].tolist()
    assert streamer.ended


def test_a_stopping_criterion_is_asked_after_each_token(tiny):
    from transformers import StoppingCriteria

    class AfterTwoNines(StoppingCriteria):
        def __call__(self, input_ids, scores, **_):
            return (input_ids == 9).sum(dim=1) >= 2

    model = tiny()
    prompts = [prompt for prompt in PROMPTS if 9 not in prompt]
    free = new_tokens(model, prompts, draft_layers=1, max_new_tokens=40)
    stopped = new_tokens(model, prompts, draft_layers=1, max_new_tokens=40, stopping_criteria=[AfterTwoNines()])
    for row, whole in zip(stopped, free, strict=True):
        nines = np.flatnonzero(np.array(whole) == 9)
        end = int(nines[1]) + 1 if len(nines) > 1 else len(whole)
        assert row[:end] == whole[:end]
        assert set(row[end:]) <= {0}


def test_the_models_are_left_as_they_were(tiny):
    model, draft = tiny(), tiny(layers=1, seed=5)
    before = [parameter.clone() for parameter in model.parameters()]
    generate(model, PROMPTS, draft_layers=1)
    generate(model, PROMPTS, draft_model=draft)
    assert all(torch.equal(*pair) for pair in zip(before, model.parameters(), strict=True))
    assert len(model.model.layers) == model.config.num_hidden_layers == 2
