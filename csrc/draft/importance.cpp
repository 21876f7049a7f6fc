#include "draft/importance.hpp"

#include <algorithm>
#include <cstddef>
#include <limits>

#include "draft/largest.hpp"
#include "draft/pair_flow.hpp"
#include "draft/sums.hpp"

namespace pybench::draft {

std::size_t PairRule::rank_of(std::int64_t token) const noexcept {
  const auto place = std::lower_bound(rank.begin(), rank.end(), std::pair{token, std::size_t{0}});
  return place != rank.end() && place->first == token ? place->second : alphabet.size();
}

double PairRule::kept(std::int64_t token, std::int64_t next) const noexcept {
  if (token == next) return 1.0;
  const std::size_t mine = rank_of(token), other = rank_of(next);
  if (mine < program_size && other < program_size) return keeps[mine * program_size + other];
  return mine <= other ? 1.0 : 0.0;  // equal: both are outside of the alphabet
}

template <typename Real>
Importance<Real>::Importance(const LawPair<Real>& laws, std::int64_t draft_count, const SchemeOptions& options,
                             CancelToken& cancel)
    : laws_(laws), selected_(laws.size()) {
  for (std::size_t token = 0; token < selected_.size(); ++token) selected_[token] = laws_.draft_at(token);
  // Where a rule would not gain, neither would the same rule for the drafts after.
  for (std::int64_t draw = 1; draw < draft_count; ++draw) {
    cancel.check();
    if (!add_stage(options)) break;
  }
  cdf_ = InverseCdf(laws_.size(), [laws, law = std::span<const double>(selected_)](std::size_t token) {
    return positive_part(laws.target_at(token) - law[token]);
  });
  acceptance_ = std::clamp(1.0 - cdf_.total(), 0.0, 1.0);
}

template <typename Real>
double Importance<Real>::covered_by(std::span<const double> law) const {
  double sum = 0.0;
  for (std::size_t block = 0; block < block_count(law.size()); ++block) {
    sum += block_sum(law.size(), block, [law, laws = laws_](std::size_t token) {
      const double q = laws.target_at(token);
      return law[token] < q ? law[token] : q;
    });
  }
  return sum;
}

template <typename Real>
bool Importance<Real>::add_stage(const SchemeOptions& options) {
  const std::size_t size = laws_.size();
  std::vector<double> key(size);
  for (std::size_t token = 0; token < size; ++token) {
    key[token] = laws_.target_at(token) - selected_[token] * laws_.draft_at(token);
  }
  PairRule rule;
  rule.alphabet = largest<double>(key, options.alphabet_size, -std::numeric_limits<double>::infinity());
  const std::size_t count = rule.alphabet.size();
  for (std::size_t rank = 0; rank < count; ++rank) rule.rank.emplace_back(rule.alphabet[rank], rank);
  std::sort(rule.rank.begin(), rule.rank.end());
  rule.program_size = std::min(count, static_cast<std::size_t>(options.program_size));

  std::vector<std::int64_t> ascending;
  for (const auto& [token, rank] : rule.rank) ascending.push_back(token);
  const auto p = [&](std::size_t token) { return laws_.draft_at(token); };
  const auto a = [&](std::size_t token) { return selected_[token]; };
  const double outside_p = sum_without(size, ascending, p), outside_a = sum_without(size, ascending, a);

  // Masses of the tokens that come after each rank; at the end, of those outside.
  std::vector<double> after_p(count, outside_p), after_a(count, outside_a);
  for (std::size_t rank = count; rank-- > 1;) {
    const auto token = static_cast<std::size_t>(rule.alphabet[rank]);
    after_p[rank - 1] = after_p[rank] + p(token);
    after_a[rank - 1] = after_a[rank] + a(token);
  }
  const std::size_t program = rule.program_size;
  std::vector<double> mass(program * program, 0.0), room(program), base(program);
  for (std::size_t i = 0; i < program; ++i) {
    const auto one = static_cast<std::size_t>(rule.alphabet[i]);
    base[i] = a(one) * p(one) + a(one) * after_p[program - 1] + p(one) * after_a[program - 1];
    room[i] = positive_part(laws_.target_at(one) - base[i]);
    for (std::size_t j = 0; j < program; ++j) {
      const auto other = static_cast<std::size_t>(rule.alphabet[j]);
      if (i != j) mass[i * program + j] = a(one) * p(other) + a(other) * p(one);
    }
  }
  rule.keeps = split_pairs(mass, room);

  std::vector<double> chosen(count);
  for (std::size_t rank = 0; rank < count; ++rank) {
    const auto token = static_cast<std::size_t>(rule.alphabet[rank]);
    if (rank < program) {
      chosen[rank] = base[rank];
      for (std::size_t j = 0; j < program; ++j) chosen[rank] += mass[rank * program + j] * rule.keeps[rank * program + j];
    } else {
      chosen[rank] = a(token) * p(token) + a(token) * after_p[rank] + p(token) * after_a[rank];
    }
  }
  std::vector<double>& next = key;
  for (std::size_t token = 0; token < size; ++token) next[token] = selected_[token] * outside_p;
  for (std::size_t rank = 0; rank < count; ++rank) next[static_cast<std::size_t>(rule.alphabet[rank])] = chosen[rank];
  if (!(covered_by(next) > covered_by(selected_))) return false;
  selected_.swap(next);
  rules_.push_back(std::move(rule));
  return true;
}

template <typename Real>
double Importance<Real>::accepts(std::int64_t token) const noexcept {
  const auto at = static_cast<std::size_t>(token);
  return ratio_up_to_one(laws_.target_at(at), selected_[at]);
}

template <typename Real>
double Importance<Real>::acceptance_given(std::span<const std::int64_t> drafts, CancelToken&) const {
  const std::size_t candidates = rules_.size() + 1;
  std::vector<double> chance(candidates, 0.0);  // of each draft to be the one selected so far
  chance[0] = 1.0;
  for (std::size_t draw = 1; draw < candidates; ++draw) {
    for (std::size_t earlier = 0; earlier < draw; ++earlier) {
      const double kept = chance[earlier] * rules_[draw - 1].kept(drafts[earlier], drafts[draw]);
      chance[draw] += chance[earlier] - kept;
      chance[earlier] = kept;
    }
  }
  double accepted = 0.0;
  for (std::size_t draw = 0; draw < candidates; ++draw) accepted += chance[draw] * accepts(drafts[draw]);
  return std::min(1.0, accepted);
}

template <typename Real>
Verified Importance<Real>::verify(std::span<const std::int64_t> drafts, const Row& row, CancelToken&) const {
  std::size_t selected = 0;
  for (std::size_t draw = 1; draw <= rules_.size(); ++draw) {
    const double kept = rules_[draw - 1].kept(drafts[selected], drafts[draw]);
    if (kept >= 1.0) continue;
    if (!(uniforms(row, Purpose::accepting, static_cast<std::uint32_t>(draw)).first < kept)) selected = draw;
  }
  // Without a residual every selected draft is accepted, whatever rounding makes of the probability.
  if (uniforms(row, Purpose::accepting, 0).first < accepts(drafts[selected]) || !(cdf_.total() > 0.0)) {
    return {drafts[selected], static_cast<std::int64_t>(selected)};
  }
  const auto residual = [&](std::size_t token) { return positive_part(laws_.target_at(token) - selected_[token]); };
  return {cdf_.draw(uniforms(row, Purpose::residual, 0).first, residual), -1};
}

template class Importance<float>;
template class Importance<double>;

}  // namespace pybench::draft
