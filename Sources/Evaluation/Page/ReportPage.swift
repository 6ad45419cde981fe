/// The page: a header, key figures, curves, tables and the rollout viewer in one file that needs
/// nothing else.
struct ReportPage {
  let title: String
  let lede: String
  let notices: [String]
  let figures: [KeyFigure]
  let charts: [LineChart]
  let outcomes: ReportTable
  let cost: ReportTable
  let badCases: ReportTable
  let configuration: RunConfiguration
  let rollouts: String
  let omittedRollouts: Int

  /// A number that stands out.
  struct KeyFigure: Hashable {
    let label: String
    let value: String
    var unit = ""
    var beside = ""
  }

  var html: String {
    """
    <!doctype html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <meta http-equiv="Content-Security-Policy" content="default-src 'none'; \
    style-src 'unsafe-inline'; script-src 'unsafe-inline'">
    <title>\(HTML.text(title)) · Peregrine</title>
    <style>
    \(PageStyle.css)
    </style>
    </head>
    <body>
    <main>
    \(header)
    \(curves)
    <section class="outcome">
    <h2>\(HTML.text(outcomes.title))</h2>
    \(outcomes.html)
    </section>
    <section class="halves">
    <div><h2>\(HTML.text(cost.title))</h2>
    \(cost.html)</div>
    <div class="settings"><h2>What was run</h2>
    \(settings.html)</div>
    </section>
    <section class="cases">
    <h2>\(HTML.text(badCases.title))</h2>
    \(badCases.html)
    </section>
    \(viewer)
    <footer>Made by Peregrine from the run's own files. This page loads nothing from elsewhere.</footer>
    </main>
    <script type="application/json" id="rollouts">
    \(rollouts)
    </script>
    <script>
    \(PageScript.javascript)
    </script>
    </body>
    </html>

    """
  }

  private var header: String {
    let notices = notices.map { "<p class=\"notice\">\(HTML.text($0))</p>" }
    let figures = figures.enumerated().map { index, figure in
      """
      <div\(index == 0 ? " class=\"first\"" : "")><dt>\(HTML.text(figure.label))</dt>\
      <dd class="value">\(HTML.text(figure.value))\
      <span class="unit">\(HTML.text(figure.unit))</span></dd>\
      <dd class="beside">\(HTML.text(figure.beside))</dd></div>
      """
    }
    return """
      <header>
      <p class="eyebrow">Training report</p>
      <h1>\(HTML.text(title))</h1>
      <p class="lede">\(HTML.text(lede))</p>
      \(notices.joined(separator: "\n"))
      <dl class="figures">
      \(figures.joined(separator: "\n"))
      </dl>
      </header>
      """
  }

  private var curves: String {
    let drawings = charts.map { chart in
      """
      <figure><figcaption><h3>\(HTML.text(chart.title))</h3>\
      <span>\(HTML.text(chart.subtitle))</span>\
      <output>\(HTML.text(Figure.short(chart.last)))</output></figcaption>
      \(chart.svg)</figure>
      """
    }
    return """
      <section>
      <h2>Learning curves</h2>
      <p class="hint">By step. Faint: each step. Strong: smoothed, with its last value.</p>
      <div class="curves">
      \(drawings.joined(separator: "\n"))
      </div>
      </section>
      """
  }

  private var settings: ReportTable {
    ReportTable(
      title: "What was run",
      columns: [ReportTable.Column(""), ReportTable.Column("")],
      rows: configuration.entries.map { ReportTable.Row([$0.name, $0.value]) })
  }

  private var viewer: String {
    let omitted =
      omittedRollouts == 0
      ? "" : " \(omittedRollouts) more did not fit on this page; trajectories.jsonl holds all."
    return """
      <section class="viewer">
      <h2>Rollouts, token by token</h2>
      <noscript><p>The rollouts are shown by a script, which is turned off here.</p></noscript>
      <div id="viewer" hidden>
      <p class="hint">Groups of the first, the middle and the last step, and wrong answers of the \
      evaluation, best reward first.\(omitted)</p>
      <div class="bar"><div class="choice" id="groups" role="group" aria-label="Group"></div></div>
      <div class="question" id="question"></div>
      <div class="members" id="members"></div>
      <div class="bar"><div class="choice" id="colour" role="group" aria-label="Colour by"></div>
      <div class="choice" id="beside" role="group" aria-label="Show"></div>
      <div class="legend" id="legend"></div></div>
      <div class="reader"><div id="columns"></div>
      <aside class="panel" id="panel" aria-live="polite"></aside></div>
      </div>
      </section>
      """
  }
}
