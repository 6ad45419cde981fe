import Testing

@testable import Training

@Suite("The learning rate")
struct LearningRateTests {
  @Test("rises linearly to its peak and falls along half a cosine to its end")
  func shape() {
    let schedule = LearningRateSchedule(peak: 1, warmup: 4, final: 0.2)
    let rates = (0..<12).map { schedule.rate(step: $0, of: 12) }
    #expect(Array(rates.prefix(4)) == [0.25, 0.5, 0.75, 1])
    #expect(rates[4] == 1)
    // Half of the way down: the mean of peak and end.
    #expect(abs(rates[8] - 0.6) < 1e-6)
    #expect(zip(rates[4...], rates[5...]).allSatisfy { $0 > $1 })
    #expect(schedule.rate(step: 12, of: 12) == 0.2)
    #expect(schedule.rate(step: 500, of: 12) == 0.2)
  }

  @Test("stays at its peak without an end or a warm-up, and in runs shorter than the warm-up rises")
  func edges() {
    let constant = LearningRateSchedule(peak: 3e-4)
    for step in 0..<9 { #expect(constant.rate(step: step, of: 5) == 3e-4) }
    #expect(constant.rate(step: 0, of: 0) == 3e-4)
    #expect(LearningRateSchedule(peak: 1, warmup: 1).rate(step: 0, of: 9) == 1)
    let long = LearningRateSchedule(peak: 1, warmup: 10, final: 0)
    #expect((0..<3).map { long.rate(step: $0, of: 3) } == [0.1, 0.2, 0.3])
  }
}
