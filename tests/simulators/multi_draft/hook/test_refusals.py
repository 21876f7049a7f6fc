"""What is not supported is refused by name, before any forward pass."""

import pytest

from pybench.errors import InvalidInputError
from simulators.multi_draft.hook import transformers_generate

torch = pytest.importorskip("torch", reason="the hook needs torch, of the extra multi_draft")
transformers = pytest.importorskip("transformers", reason="the hook needs transformers, of the extra multi_draft")


@pytest.fixture
def model(tiny):
    """Give a model whose forward must not be called."""
    made = tiny()

    def refuse(*_, **__):
        raise AssertionError("a forward pass ran")

    made.model.register_forward_pre_hook(refuse)
    return made


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({"num_beams": 3}, r"asks for beam_sample \(num_beams=3"),
        ({"num_beams": 3, "do_sample": False}, "asks for beam_search"),
        ({"do_sample": False, "penalty_alpha": 0.6, "top_k": 4}, "asks for contrastive_search .*penalty_alpha=0.6"),
        ({"prompt_lookup_num_tokens": 3}, "asks for assisted_generation .*prompt_lookup_num_tokens=3"),
        ({"return_dict_in_generate": True, "output_scores": True}, "output_scores is True: .* must be False"),
        ({"return_dict_in_generate": True, "output_logits": True}, "output_logits is True"),
        ({"return_dict_in_generate": True, "output_hidden_states": True}, "output_hidden_states is True"),
        ({"cache_implementation": "static"}, "cache_implementation is 'static'"),
        ({"prefill_chunk_size": 2}, "prefill_chunk_size is 2"),
        ({"use_cache": False}, "use_cache is False"),
        ({"past_key_values": "cache"}, "past_key_values is given"),
        ({"guidance_scale": 1.5}, "logits_processor holds UnbatchedClassifierFreeGuidanceLogitsProcessor"),
        ({"draft_layers": None}, "there is no draft: give draft_model, .* assistant_model to no callable"),
        ({"draft_layers": 2}, r"draft_layers is 2: it must be an integer in \[1, 1\]"),
        ({"draft_layers": True}, "draft_layers is True"),
        ({"draft_layers": 1, "draft_model": "self"}, "draft_layers is 1 and draft_model is given"),
        ({"draft_temperature": 0.0}, "draft_temperature is 0.0: it must be a positive number"),
        ({"draft_temperature": float("nan")}, "draft_temperature is nan"),
        ({"draft_count": 0}, r"draft_count is 0: it must be in \[1, 1024\]"),
        ({"draft_length": 1.5}, "draft_length is 1.5: it must be an integer"),
        ({"scheme": "best"}, "scheme is 'best': it must be one of optimal, "),
        ({"seed": -1}, "seed is -1"),
        ({"threads": 0}, "threads is 0"),
        ({"request": [1]}, "request is .*: it must hold one integer for each of 2 rows"),
        ({"request": [1, -1]}, r"request is \[1, -1\]: each must be in"),
        ({"request": [1, 0.5]}, "request is .*: it must hold one integer"),
        ({"token_streamer": object()}, "token_streamer is given for 2 rows: it takes one row"),
        ({"max_time": 100.0, "pad_token_id": None}, "pad_token_id is None: 2 rows"),
        ({"attention_mask": [[1, 1, 0], [1, 1, 1]]}, "attention_mask of row 0 is .*padded on the left"),
        ({"attention_mask": [[1, 1, 1], [0, 0, 0]]}, "attention_mask of row 1 is .*at least one one"),
        ({"position_ids": [[0, 1, 2], [1, 2, 3]]}, "position_ids is given: it must count"),
    ],
)
def test_by_name(model, options, text):
    options = {"do_sample": True, "max_new_tokens": 4, "draft_layers": 1, "pad_token_id": 0, "seed": 1, **options}
    for name in ("attention_mask", "position_ids"):
        if name in options:
            options[name] = torch.tensor(options[name])
    if options.get("draft_model") == "self":
        options["draft_model"] = model
    if "past_key_values" in options:
        options["past_key_values"] = transformers.DynamicCache()
    if options["pad_token_id"] is None:
        model.generation_config.pad_token_id = None
        model.config.pad_token_id = None
    with pytest.raises(InvalidInputError, match=text):
        model.generate(torch.tensor([[1, 2, 3], [4, 5, 6]]), custom_generate=transformers_generate, **options)


def refused(model, text, **options):
    options = {"do_sample": True, "max_new_tokens": 4, "seed": 1, **options}
    with pytest.raises(InvalidInputError, match=text):
        model.generate(torch.tensor([[1, 2, 3]]), custom_generate=transformers_generate, **options)


def test_a_draft_model_of_another_vocabulary(model):
    other = transformers.LlamaForCausalLM(
        transformers.LlamaConfig(
            vocab_size=12, hidden_size=8, intermediate_size=8, num_hidden_layers=1, num_attention_heads=1
        )
    )
    refused(model, "draft_model has 12 tokens: it must have the 11 of the target", draft_model=other)


def test_a_processor_of_ones_own(model):
    class Mine(transformers.LogitsProcessor):
        def __call__(self, input_ids, scores):
            return scores

    refused(model, "logits_processor holds Mine: ", draft_layers=1, logits_processor=[Mine()])


def test_a_model_without_positions():
    bloom = transformers.BloomForCausalLM(transformers.BloomConfig(vocab_size=11, hidden_size=8, n_layer=2, n_head=1))
    refused(bloom, "model is a BloomForCausalLM: its forward must take position_ids", draft_layers=1)


def test_a_model_with_a_recurrent_state():
    mamba = transformers.MambaForCausalLM(transformers.MambaConfig(vocab_size=11, hidden_size=8, num_hidden_layers=2))
    refused(mamba, "model is a MambaForCausalLM: it must be a decoder without a recurrent state", draft_layers=1)
