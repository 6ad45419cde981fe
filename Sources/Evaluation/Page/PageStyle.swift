/// The page's look: one accent, quiet rules, numbers that line up, light and dark.
enum PageStyle {
  static let css = """
    :root {
      color-scheme: light dark;
      --paper: #fbfaf8; --surface: #ffffff; --ink: #1d2023; --soft: #555b62; --faint: #73797f;
      --rule: #e5e2dc; --accent: #0b6b6b; --warm: #b0512a; --sand: #f1ecdf; --clay: #d8ccb0; --shade: #f2f1ee;
      --sans: ui-sans-serif, system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue",
        "Liberation Sans", Arial, sans-serif;
      --mono: ui-monospace, "SF Mono", Menlo, Consolas, "Liberation Mono", "DejaVu Sans Mono",
        monospace;
    }
    @media (prefers-color-scheme: dark) {
      :root {
        --paper: #131619; --surface: #191d21; --ink: #e6e8e9; --soft: #aab0b6; --faint: #868d94;
        --rule: #2a2f35; --accent: #55bdb3; --warm: #e08a62; --sand: #2b281f; --clay: #5d553f; --shade: #20252a;
      }
    }
    * { box-sizing: border-box; }
    html { -webkit-text-size-adjust: 100%; }
    body { margin: 0; background: var(--paper); color: var(--ink);
      font: 15px/1.55 var(--sans); }
    main { max-width: 1120px; margin: 0 auto; padding: 56px 32px 96px; }
    h1, h2, h3 { line-height: 1.2; font-weight: 600; letter-spacing: -.011em; margin: 0; }
    h1 { font-size: 34px; letter-spacing: -.02em; overflow-wrap: anywhere; }
    h2 { font-size: 20px; margin: 72px 0 20px; }
    h3 { font-size: 14px; letter-spacing: 0; }
    p { margin: 0; }
    .eyebrow { color: var(--accent); font-size: 12px; font-weight: 600; letter-spacing: .08em;
      text-transform: uppercase; margin-bottom: 10px; }
    .lede { color: var(--soft); font-size: 17px; margin-top: 12px; max-width: 62ch; }
    .notice { border-left: 3px solid var(--warm); padding: 2px 0 2px 14px; margin-top: 20px;
      color: var(--soft); max-width: 70ch; }
    .figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(136px, 1fr));
      gap: 28px 24px; margin: 40px 0 0; padding: 26px 0; border-top: 1px solid var(--rule);
      border-bottom: 1px solid var(--rule); }
    .figures div { min-width: 0; }
    .figures dt { color: var(--faint); font-size: 13px; }
    .figures dd { margin: 2px 0 0; }
    .figures .value { font-size: 30px; line-height: 1.2; font-weight: 600; letter-spacing: -.02em;
      font-variant-numeric: tabular-nums; white-space: nowrap; }
    .figures .first .value { color: var(--accent); }
    .figures .unit { font-size: 16px; font-weight: 500; letter-spacing: 0; color: var(--soft);
      margin-left: 2px; }
    .figures .beside { color: var(--faint); font-size: 13px; font-variant-numeric: tabular-nums; }
    .curves { display: grid; grid-template-columns: repeat(auto-fill, minmax(300px, 1fr));
      gap: 36px 36px; }
    .curves figure { margin: 0; min-width: 0; }
    .curves figcaption { display: flex; align-items: baseline; gap: 8px; margin-bottom: 6px; }
    .curves figcaption h3 { white-space: nowrap; color: var(--ink); }
    .curves figcaption span { color: var(--faint); font-size: 13px; white-space: nowrap;
      overflow: hidden; text-overflow: ellipsis; }
    .curves figcaption output { margin-left: auto; font-weight: 600; color: var(--accent);
      font-variant-numeric: tabular-nums; }
    svg { display: block; width: 100%; height: auto; overflow: visible; font-family: var(--sans);
      font-variant-numeric: tabular-nums; }
    .hint { color: var(--faint); font-size: 13px; margin: -10px 0 22px; }
    figure.table { margin: 0; }
    .scroll { overflow-x: auto; }
    table { border-collapse: collapse; width: 100%; font-size: 14px; }
    th, td { padding: 6px 14px 6px 0; text-align: left; vertical-align: top; font-weight: 400;
      border-bottom: 1px solid var(--rule); overflow-wrap: break-word; }
    th:last-child, td:last-child { padding-right: 0; }
    thead th { color: var(--faint); font-size: 12px; vertical-align: bottom;
      border-bottom-color: var(--faint); }
    .number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
    tr.heading th, tr.heading td { font-weight: 600; padding-top: 16px; }
    tbody tr:first-child th, tbody tr:first-child td { padding-top: 10px; }
    tbody th { color: var(--soft); }
    tr.heading th { color: var(--ink); }
    th.under { padding-left: 18px; }
    .cases table { min-width: 760px; }
    .cases td:nth-child(2) { width: 34%; }
    .cases td:last-child { font-family: var(--mono); font-size: 12.5px; width: 28%; }
    .cases tbody th { white-space: nowrap; color: var(--ink); }
    .none { color: var(--faint); }
    figcaption { color: var(--faint); font-size: 13px; }
    .table figcaption { margin-top: 12px; max-width: 76ch; }
    .halves { display: grid; grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); gap: 0 64px; }
    .settings td { font-family: var(--mono); font-size: 12.5px; text-align: right;
      overflow-wrap: anywhere; }
    .settings th { color: var(--soft); }
    """ + viewer + narrow

  private static let viewer = """

    .bar { display: flex; flex-wrap: wrap; gap: 12px 28px; align-items: center; }
    .choice { display: inline-flex; flex-wrap: wrap; border: 1px solid var(--rule);
      border-radius: 8px; overflow: hidden; background: var(--surface); }
    .choice button { font: inherit; font-size: 13px; color: var(--soft); background: none;
      border: 0; padding: 6px 13px; cursor: pointer; }
    .choice button + button { border-left: 1px solid var(--rule); }
    .choice button[aria-pressed="true"] { color: var(--surface); background: var(--accent); }
    button:focus-visible, .text:focus-visible, summary:focus-visible {
      outline: 2px solid var(--accent); outline-offset: 2px; }
    .question { margin: 22px 0 16px; max-width: 76ch; }
    .question b { font-weight: 600; font-size: 17px; display: block; }
    .question span { color: var(--soft); }
    .members { display: grid; grid-template-columns: repeat(auto-fill, minmax(116px, 1fr));
      gap: 10px; margin-bottom: 22px; }
    .member { font: inherit; text-align: left; color: inherit; background: var(--surface);
      border: 1px solid var(--rule); border-radius: 8px; padding: 10px 12px; cursor: pointer;
      min-width: 0; }
    .member[aria-pressed="true"] { border-color: var(--accent);
      box-shadow: 0 0 0 1px var(--accent); }
    .member b { display: block; font-size: 18px; line-height: 1.3; font-weight: 600;
      font-variant-numeric: tabular-nums; }
    .member span { display: block; font-size: 12.5px; color: var(--soft); white-space: nowrap;
      overflow: hidden; text-overflow: ellipsis; }
    .member i { display: flex; height: 5px; margin-top: 8px; border-radius: 2px; overflow: hidden;
      background: var(--shade); }
    .member i u { display: block; height: 100%; }
    .legend { display: flex; flex-wrap: wrap; gap: 4px 16px; color: var(--soft); font-size: 13px; }
    .legend span::before { content: ""; display: inline-block; width: 11px; height: 11px;
      border-radius: 3px; margin-right: 6px; vertical-align: -1px; background: var(--swatch);
      border: 1px solid var(--rule); }
    .reader { display: grid; grid-template-columns: minmax(0, 1fr) 208px; gap: 0 40px;
      margin-top: 18px; align-items: start; }
    .columns { display: flex; gap: 20px; overflow-x: auto; align-items: flex-start;
      max-height: 82vh; overflow-y: auto; }
    .columns.single { display: block; max-height: none; overflow: visible; }
    .column { min-width: 300px; flex: 1 0 300px; }
    .column > h3 { padding: 0 0 8px; position: sticky; top: 0; background: var(--paper);
      z-index: 1; }
    .columns.single .column > h3 { display: none; }
    .text { font: 13px/1.75 var(--mono); }
    .span { display: grid; grid-template-columns: 92px minmax(0, 1fr); gap: 0 16px;
      padding: 8px 0; border-top: 1px solid var(--rule); }
    .columns:not(.single) .span { grid-template-columns: minmax(0, 1fr); }
    .span > small { font: 12px/1.9 var(--sans); color: var(--faint); }
    .span > div { white-space: pre-wrap; overflow-wrap: anywhere; }
    .t { border-radius: 2px; padding: 2px 0; cursor: default; }
    .t.cut::after { content: "·"; color: var(--faint); }
    .t.on { outline: 1.5px solid var(--ink); }
    .byOrigin .policy .t { background: color-mix(in srgb, var(--accent) 16%, transparent); }
    .byOrigin .policy .t:nth-child(even) {
      background: color-mix(in srgb, var(--accent) 24%, transparent); }
    .byOrigin .environment .t { background: var(--sand); }
    .byOrigin .demonstration .t { background: color-mix(in srgb, var(--warm) 18%, transparent); }
    .prompt .t { color: var(--soft); }
    .template .t { color: var(--faint); background: var(--shade); }
    .panel { position: sticky; top: 24px; font-size: 13px; border-left: 1px solid var(--rule);
      padding-left: 20px; }
    .panel .shown { font: 15px/1.5 var(--mono); overflow-wrap: anywhere; margin-bottom: 10px;
      min-height: 1.5em; }
    .panel dl { display: grid; grid-template-columns: auto 1fr; gap: 3px 12px; margin: 0; }
    .panel dt { color: var(--faint); }
    .panel dd { margin: 0; text-align: right; font-variant-numeric: tabular-nums; }
    noscript p { color: var(--soft); }
    footer { margin-top: 88px; padding-top: 18px; border-top: 1px solid var(--rule);
      color: var(--faint); font-size: 13px; }
    """

  private static let narrow = """

    @media (max-width: 760px) {
      main { padding: 32px 18px 120px; }
      h1 { font-size: 27px; }
      h2 { margin-top: 56px; }
      .figures { grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 22px; }
      .figures .value { font-size: 25px; }
      .curves { grid-template-columns: minmax(0, 1fr); }
      .halves, .reader { grid-template-columns: minmax(0, 1fr); }
      .members { grid-template-columns: repeat(auto-fill, minmax(104px, 1fr)); }
      .span { grid-template-columns: minmax(0, 1fr); }
      .panel { position: sticky; top: auto; bottom: 0; background: var(--surface); border: 0;
        border-top: 1px solid var(--rule); margin: 0 -18px; padding: 10px 18px;
        display: flex; flex-wrap: wrap; gap: 2px 16px; align-items: baseline; }
      .panel .shown { margin: 0; }
      .panel dl { display: flex; flex-wrap: wrap; gap: 0 12px; font-size: 12px; }
      .panel dd + dt { margin-left: 6px; }
    }
    @media print {
      body { background: none; }
      main { max-width: none; padding: 0; }
      .viewer { display: none; }
    }
    """
}
