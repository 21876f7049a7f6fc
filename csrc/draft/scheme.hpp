// What the verification schemes of this area have in common. A scheme is made for one pair of laws and a number of
// drafts, and then verifies any number of rows:
//
//   Scheme(laws, draft_count, options)
//   acceptance(cancel)                 closed form; throws InvalidInput where there is none
//   refusal(drafts)                    why the scheme cannot have been given these drafts, if it cannot
//   acceptance_given(drafts, cancel)   probability that one of these drafts is accepted
//   verify(drafts, row, cancel)        the output; its law over rows of fresh drafts is exactly the target
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace pybench::draft {

enum class SchemeName {
  importance,
  k_seq,
  recursive,
  recursive_without_replacement,
  token_matching,
  greedy,
  single,
  top_k,
};

// Throws InvalidInput for an unknown name.
SchemeName scheme_from(const std::string& name);

struct SchemeOptions {
  std::int64_t alphabet_size;
  std::int64_t program_size;
};

// Which draft of a row is impossible, and the rule that it breaks.
struct Refusal {
  std::int64_t draw;
  std::string rule;
};

}  // namespace pybench::draft
