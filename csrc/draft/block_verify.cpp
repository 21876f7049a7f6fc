#include "draft/block_verify.hpp"

#include <algorithm>
#include <string>

#include "core/errors.hpp"
#include "core/parallel_for.hpp"
#include "draft/laws.hpp"

namespace pybench::draft {
namespace {

std::string subject(const char* name, std::int64_t index) {
  return index < 0 ? name : std::string(name) + "[" + std::to_string(index) + "]";
}

template <typename Real>
double inverse_sum(std::span<const Real> law, const char* name, std::int64_t index, std::int64_t place) {
  try {
    return 1.0 / checked_sum(law, name, place);
  } catch (const InvalidInput&) {
    static_cast<void>(checked_sum(law, subject(name, index).c_str(), place));  // throws again, with the chain's number
    throw;
  }
}

template <typename Real>
void check_token(std::int64_t token, std::span<const Real> draft, std::int64_t index, std::size_t place) {
  const bool known = token >= 0 && token < static_cast<std::int64_t>(draft.size());
  if (known && draft[static_cast<std::size_t>(token)] > Real{0}) return;
  const std::string where =
      subject("draft_tokens", index) + "[" + std::to_string(place) + "] is " + std::to_string(token);
  if (!known) throw InvalidInput(where + ": it must be a token of [0, " + std::to_string(draft.size()) + ")");
  throw InvalidInput(where + ": its draft probability is 0, so it cannot have been drawn from the draft law");
}

}  // namespace

template <typename Real>
BlockChain<Real>::BlockChain(std::span<const Real> draft, std::span<const Real> target,
                             std::span<const std::int64_t> tokens, std::int64_t index)
    : draft_(draft), target_(target), tokens_(tokens), vocabulary_(draft.size() / tokens.size()) {
  for (std::size_t place = 0; place < length(); ++place) {
    const std::span<const Real> law = draft_.subspan(place * vocabulary_, vocabulary_);
    draft_weight_.push_back(inverse_sum(law, "draft", index, static_cast<std::int64_t>(place)));
  }
  for (std::size_t place = 0; place <= length(); ++place) {
    const std::span<const Real> law = target_.subspan(place * vocabulary_, vocabulary_);
    target_weight_.push_back(inverse_sum(law, "target", index, static_cast<std::int64_t>(place)));
  }
  ratio_.push_back(1.0);
  for (std::size_t place = 0; place < length(); ++place) {
    check_token(tokens_[place], draft_.subspan(place * vocabulary_, vocabulary_), index, place);
    const std::size_t entry = place * vocabulary_ + static_cast<std::size_t>(tokens_[place]);
    const double drafted = static_cast<double>(draft_[entry]) * draft_weight_[place];
    const double wanted = static_cast<double>(target_[entry]) * target_weight_[place];
    // The product first: the quotient of the two laws may overflow, and must not meet a ratio of 0 then.
    ratio_.push_back(std::min(1.0, ratio_[place] * wanted / drafted));
  }
}

template <typename Real>
double BlockChain<Real>::kept(std::size_t count) const noexcept {
  if (count == length()) return ratio_[count];
  const double mass = residual(count).total();
  const double all = mass + (1.0 - ratio_[count]);
  return all > 0.0 ? mass / all : 1.0;  // 0 of 0: the two laws that follow are equal, and so more will be kept
}

template <typename Real>
Residual<Real> BlockChain<Real>::residual(std::size_t count) const noexcept {
  const std::span<const Real> wanted = target_.subspan(count * vocabulary_, vocabulary_);
  if (count == length()) return {wanted, target_weight_[count], {}, 0.0};
  return {wanted, ratio_[count] * target_weight_[count], draft_.subspan(count * vocabulary_, vocabulary_),
          draft_weight_[count]};
}

template <typename Real>
BlockOutcome block_verify(const BlockChain<Real>& chain, const Row& row) noexcept {
  std::size_t count = chain.length();
  for (; count > 0; --count) {  // from the end: most masses need not be known
    const double uniform = uniforms(row, Purpose::accepting, static_cast<std::uint32_t>(count - 1)).first;
    if (uniform < chain.kept(count)) break;
  }
  const double uniform = uniforms(row, Purpose::residual, 0).first;
  const Residual<Real> residual = chain.residual(count);
  std::int64_t token = residual.draw(uniform);
  // Never empty in exact arithmetic; where the two laws differ by a rounding alone it may be, and then either will do.
  if (token < 0) token = Residual<Real>{residual.target, 1.0, {}, 0.0}.draw(uniform);
  return {static_cast<std::int64_t>(count), token};
}

template <typename Real>
std::vector<BlockOutcome> block_verify(const BlockBatch<Real>& batch, std::uint64_t key, int threads, CancelToken& cancel) {
  const std::size_t drafts = batch.length * batch.vocabulary;
  const std::size_t targets = drafts + batch.vocabulary;
  std::vector<BlockOutcome> outcomes(batch.request.size());
  const auto verify = [&](std::int64_t chain) {
    const auto at = static_cast<std::size_t>(chain);
    const BlockChain<Real> laws(batch.draft.subspan(at * drafts, drafts), batch.target.subspan(at * targets, targets),
                                batch.tokens.subspan(at * batch.length, batch.length), batch.one ? -1 : chain);
    outcomes[at] = block_verify(laws, Row{key, batch.request[at], batch.position[at]});
  };
  // Some 16,384 entries are worth a turn of a thread.
  const auto chunk = static_cast<std::int64_t>(std::max<std::size_t>(1, 16384 / targets));
  parallel_for(threads, static_cast<std::int64_t>(outcomes.size()), chunk, cancel,
               [&](std::int64_t begin, std::int64_t end, int) {
                 for (std::int64_t chain = begin; chain < end; ++chain) verify(chain);
               });
  return outcomes;
}

template class BlockChain<float>;
template class BlockChain<double>;
template BlockOutcome block_verify(const BlockChain<float>&, const Row&) noexcept;
template BlockOutcome block_verify(const BlockChain<double>&, const Row&) noexcept;
template std::vector<BlockOutcome> block_verify(const BlockBatch<float>&, std::uint64_t, int, CancelToken&);
template std::vector<BlockOutcome> block_verify(const BlockBatch<double>&, std::uint64_t, int, CancelToken&);

}  // namespace pybench::draft
