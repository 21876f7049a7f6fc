// From the name of a scheme to its type.
#pragma once

#include "draft/greedy.hpp"
#include "draft/importance.hpp"
#include "draft/in_turn.hpp"
#include "draft/matching.hpp"
#include "draft/without_replacement.hpp"

namespace pybench::draft {

// use(scheme) with the scheme made for these laws.
template <typename Real, typename Use>
void with_scheme(SchemeName name, const LawPair<Real>& laws, std::int64_t draft_count, const SchemeOptions& options,
                 CancelToken& cancel, Use&& use) {
  switch (name) {
    case SchemeName::importance: return use(Importance<Real>(laws, draft_count, options, cancel));
    case SchemeName::recursive_without_replacement: return use(WithoutReplacement<Real>(laws, draft_count));
    case SchemeName::greedy: return use(Greedy<Real>(laws, draft_count));
    case SchemeName::token_matching:
    case SchemeName::top_k: return use(Matching<Real>(name, laws, draft_count));
    case SchemeName::single:
    case SchemeName::k_seq:
    case SchemeName::recursive: return use(InTurn<Real>(name, laws, draft_count, cancel));
  }
}

}  // namespace pybench::draft
