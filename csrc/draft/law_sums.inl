// The loops of law_sums.cpp for one instruction set (core/simd_paths.inl), with `width` doubles to a register.
constexpr std::size_t registers = sum_lanes / width;

using Doubles [[gnu::vector_size(width * sizeof(double))]] = double;
template <typename Real>
struct Loaded;
template <>
struct Loaded<double> {
  using Type [[gnu::vector_size(width * sizeof(double)), gnu::aligned(alignof(double)), gnu::may_alias]] = double;
};
template <>
struct Loaded<float> {
  using Type [[gnu::vector_size(width * sizeof(float)), gnu::aligned(alignof(float)), gnu::may_alias]] = float;
};

// In the order of sum_over.
inline double in_order(const double* lane) {
  return ((lane[0] + lane[1]) + (lane[2] + lane[3])) + ((lane[4] + lane[5]) + (lane[6] + lane[7]));
}

template <typename Real>
struct Lanes {
  const Real* draft;
  const Real* target;
  double draft_scale;
  double target_scale;

  explicit Lanes(const LawPair<Real>& laws)
      : draft(laws.draft.data()),
        target(laws.target.data()),
        draft_scale(laws.draft_scale),
        target_scale(laws.target_scale) {}

  static Doubles load(const Real* from, double scale) {
    return __builtin_convertvector(*reinterpret_cast<const typename Loaded<Real>::Type*>(from), Doubles) * scale;
  }
  [[nodiscard]] Doubles p(std::size_t token) const { return load(draft + token, draft_scale); }
  [[nodiscard]] Doubles q(std::size_t token) const { return load(target + token, target_scale); }
  [[nodiscard]] double p_one(std::size_t token) const { return static_cast<double>(draft[token]) * draft_scale; }
  [[nodiscard]] double q_one(std::size_t token) const { return static_cast<double>(target[token]) * target_scale; }
};

template <typename Real>
Covered covered_by(const LawPair<Real>& laws, double scale) {
  const Lanes<Real> at(laws);
  const std::size_t size = laws.size();
  Doubles mass[registers] = {}, slope[registers] = {};
  std::size_t token = 0;
  for (; token + sum_lanes <= size; token += sum_lanes) {
    for (std::size_t part = 0; part < registers; ++part) {
      const Doubles p = at.p(token + part * width), q = at.q(token + part * width), scaled = scale * p;
      mass[part] += scaled < q ? scaled : q;
      slope[part] += scaled < q ? p : Doubles{};
    }
  }
  double mass_lane[sum_lanes], slope_lane[sum_lanes];
  std::memcpy(mass_lane, mass, sizeof mass);
  std::memcpy(slope_lane, slope, sizeof slope);
  for (std::size_t lane = 0; token < size; ++token, ++lane) {
    const double p = at.p_one(token), q = at.q_one(token), scaled = scale * p;
    mass_lane[lane] += scaled < q ? scaled : q;
    slope_lane[lane] += scaled < q ? p : 0.0;
  }
  return {in_order(mass_lane), in_order(slope_lane)};
}

template <typename Real>
double sum_of_excess(const LawPair<Real>& laws, double scale, std::size_t begin, std::size_t end) {
  const Lanes<Real> at(laws);
  Doubles sum[registers] = {};
  std::size_t token = begin;
  for (; token + sum_lanes <= end; token += sum_lanes) {
    for (std::size_t part = 0; part < registers; ++part) {
      const Doubles excess = at.q(token + part * width) - scale * at.p(token + part * width);
      sum[part] += excess > 0.0 ? excess : Doubles{};
    }
  }
  double lane_sum[sum_lanes];
  std::memcpy(lane_sum, sum, sizeof sum);
  for (std::size_t lane = 0; token < end; ++token, ++lane) {
    const double excess = at.q_one(token) - scale * at.p_one(token);
    lane_sum[lane] += excess > 0.0 ? excess : 0.0;
  }
  return in_order(lane_sum);
}

template <typename Real>
void block_remainders(const LawPair<Real>& laws, const Remainder& remainder, std::span<double> sums) {
  const Lanes<Real> at(laws);
  for (std::size_t block = 0; block < sums.size(); ++block) {
    const std::size_t end = std::min(laws.size(), (block + 1) * cdf_block);
    std::size_t token = block * cdf_block;
    Doubles sum[registers] = {};
    for (; token + sum_lanes <= end; token += sum_lanes) {
      for (std::size_t part = 0; part < registers; ++part) {
        const Doubles q = at.q(token + part * width), covered = remainder.cut * at.p(token + part * width);
        sum[part] += q - remainder.share * (covered < q ? covered : q);
      }
    }
    double lane_sum[sum_lanes];
    std::memcpy(lane_sum, sum, sizeof sum);
    for (std::size_t lane = 0; token < end; ++token, ++lane) {
      lane_sum[lane] += remainder.of(at.p_one(token), at.q_one(token));
    }
    sums[block] = in_order(lane_sum);
  }
}
