"""Look of the report: colours for light and dark, type, spacing."""

CSS = """
:root {
  color-scheme: light dark;
  --paper: #faf9f7; --card: #ffffff; --ink: #20242a; --muted: #6d7278; --line: #e6e3de;
  --accent: #c8571b; --accent-soft: #f2ddcf; --cool: #47729b; --good: #2c7350; --bad: #a8382c;
  --shadow: 0 1px 2px rgb(32 36 42 / .05), 0 6px 24px rgb(32 36 42 / .05);
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #14161a; --card: #1c1f25; --ink: #e9e6e1; --muted: #979ca3; --line: #2d3138;
    --accent: #f08a4b; --accent-soft: #46301f; --cool: #7fa8d0; --good: #66b78e; --bad: #e5786a;
    --shadow: none;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0; background: var(--paper); color: var(--ink);
  font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", sans-serif;
  font-variant-numeric: tabular-nums; -webkit-font-smoothing: antialiased;
}
main { max-width: 1040px; margin: 0 auto; padding: 56px 24px 72px; }
h1 { font-size: 34px; line-height: 1.15; letter-spacing: -.02em; font-weight: 650;
  margin: 10px 0 8px; }
h2 { font-size: 20px; letter-spacing: -.01em; font-weight: 620; margin: 56px 0 6px; }
h3 { font-size: 15px; font-weight: 620; margin: 0; }
p { margin: 0 0 12px; max-width: 66ch; }
.muted, figcaption { color: var(--muted); font-size: 14px; }
.verdict { display: inline-flex; align-items: center; gap: 8px; font-size: 14px;
  font-weight: 600; }
.verdict::before { content: ""; width: 9px; height: 9px; border-radius: 50%;
  background: currentColor; }
.good { color: var(--good); } .bad { color: var(--bad); }
.facts { display: grid; grid-template-columns: repeat(auto-fit, minmax(128px, 1fr)); gap: 1px;
  margin: 28px 0 0; background: var(--line); border: 1px solid var(--line); border-radius: 12px;
  overflow: hidden; }
.facts div { background: var(--card); padding: 14px 18px 16px; }
.facts dt { color: var(--muted); font-size: 13px; }
.facts dd { margin: 2px 0 0; font-size: 22px; font-weight: 600; }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 14px;
  box-shadow: var(--shadow); padding: 20px; margin-top: 16px; }
.card header { display: flex; flex-wrap: wrap; gap: 4px 18px; align-items: baseline;
  margin-bottom: 14px; }
.card header .muted { margin-left: auto; }
.pictures { display: grid; gap: 14px;
  grid-template-columns: repeat(auto-fit, minmax(280px, 1fr)); }
figure { margin: 0; } figcaption { margin-top: 6px; font-size: 13px; }
img, video { display: block; width: 100%; height: auto; border-radius: 8px;
  background: var(--line); }
.terms { margin-top: 16px; display: grid; grid-template-columns: max-content 1fr max-content;
  gap: 6px 14px; align-items: center; font-size: 14px; }
.bar { position: relative; height: 10px; border-radius: 5px; background: var(--line);
  overflow: hidden; }
.bar span { position: absolute; top: 0; bottom: 0; }
.bar .up { background: var(--accent); } .bar .down { background: var(--cool); }
.grid { display: grid; grid-template-columns: repeat(auto-fit, minmax(290px, 1fr)); gap: 16px; }
.grid .card { margin: 0; }
.chart { width: 100%; height: auto; display: block; margin-top: 10px; overflow: visible; }
.chart text { fill: var(--muted); font: 11px system-ui, sans-serif; }
.chart .mark { fill: var(--accent); } .chart .axis { stroke: var(--line); }
.chart .limit { stroke: var(--bad); stroke-dasharray: 3 3; } .chart .middle { stroke: var(--ink); }
.scroll { overflow-x: auto; }
table { width: 100%; border-collapse: collapse; font-size: 15px; margin-top: 12px; }
th { text-align: left; font-weight: 600; font-size: 13px; color: var(--muted); }
th, td { padding: 9px 16px 9px 0; border-bottom: 1px solid var(--line); white-space: nowrap; }
td:first-child { white-space: normal; min-width: 180px; }
.number { text-align: right; }
footer { margin-top: 56px; }
code { font: 13px ui-monospace, SFMono-Regular, Menlo, Consolas, monospace;
  background: var(--line); padding: 2px 6px; border-radius: 5px; overflow-wrap: anywhere; }
@media (max-width: 560px) { main { padding: 32px 16px 48px; } h1 { font-size: 27px; } }
"""
