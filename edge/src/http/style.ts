/** The one style sheet of the gateway's pages. */
export const style = `
:root { color-scheme: light dark; --ink: #1b2733; --soft: #5a6876; --line: #d8dfe6; --ground: #f4f6f8;
  --sheet: #fff; --accent: #0b6ea8; --bad: #a3321f;
  --bad-ground: #fbe9e5; --note: #6b5000; --note-ground: #fdf3d3; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e6ebf0; --soft: #a3b0bd; --line: #33404d; --ground: #12181e; --sheet: #1a222a;
    --accent: #6dbbe8; --bad: #f2a08f; --bad-ground: #3d211c;
    --note: #ecd07a; --note-ground: #362d12; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink); line-height: 1.5;
  font-family: system-ui, "Noto Sans CJK SC", "PingFang SC", "Microsoft YaHei", sans-serif; }
header, main { max-width: 72rem; margin: 0 auto; padding: 1rem; }
header { display: flex; flex-wrap: wrap; gap: .5rem 1rem; align-items: center; justify-content: space-between; }
header p { margin: 0; color: var(--soft); }
header nav { display: flex; flex-wrap: wrap; gap: .5rem .75rem; align-items: center; }
header nav a { white-space: nowrap; }
h1 { font-size: 1.4rem; margin: 0; overflow-wrap: anywhere; }
h2 { font-size: 1.1rem; margin: 0 0 .75rem; }
a { color: var(--accent); }
section { background: var(--sheet); border: 1px solid var(--line); border-radius: .5rem; padding: 1rem;
  margin-bottom: 1rem; }
.state { border-left: .4rem solid; }
.state p { margin: 0; }
.state strong { font-size: 1.2rem; }
.good { border-color: var(--line); }
.good strong::before { content: "\\2713\\00a0"; }
.bad { color: var(--bad); background: var(--bad-ground); border-color: var(--bad); }
.note { color: var(--note); background: var(--note-ground); border-color: var(--note); }
dl { display: grid; grid-template-columns: repeat(auto-fill, minmax(13rem, 1fr)); gap: 1rem; margin: 0; }
dt { color: var(--soft); font-size: .85rem; }
dd { margin: 0; font-size: 1.1rem; font-weight: 600; overflow-wrap: anywhere; }
.wrong { color: var(--bad); }
.empty { color: var(--soft); margin: 0; }
code { overflow-wrap: anywhere; }
pre { margin: .5rem 0; padding: .75rem; background: var(--ground); border-radius: .35rem; font-size: .85rem;
  white-space: pre-wrap; overflow-wrap: anywhere; }
dl + .empty, details + details, details + form, p + details, table + .empty { margin-top: .75rem; }
summary { cursor: pointer; padding: .25rem 0; }
table + details { margin-top: .75rem; }
table { width: 100%; border-collapse: collapse; font-size: .95rem; }
th { white-space: nowrap; text-align: left; color: var(--soft); font-weight: 500; font-size: .85rem; }
th, td { padding: .4rem .75rem .4rem 0; border-bottom: 1px solid var(--line); vertical-align: top;
  overflow-wrap: anywhere; }
td.whole { white-space: nowrap; }
tbody tr:last-child td { border-bottom: 0; }
form.sheet { max-width: 26rem; }
label { display: block; margin: .75rem 0; }
input { display: block; width: 100%; font: inherit; padding: .5rem; margin-top: .25rem; color: inherit;
  background: var(--sheet); border: 1px solid var(--soft); border-radius: .35rem; }
button { font: inherit; padding: .5rem 1rem; border-radius: .35rem; cursor: pointer;
  border: 1px solid var(--accent); background: var(--accent); color: var(--sheet); }
button.quiet { background: none; color: var(--accent); }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
@media (max-width: 40rem) {
  dl { grid-template-columns: 1fr 1fr; }
  thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  table, tbody, tr, td { display: block; }
  tr { padding: .5rem 0; border-bottom: 1px solid var(--line); }
  tbody tr:last-child { border-bottom: 0; }
  td { border: 0; padding: .1rem 0; display: flex; gap: .75rem; text-align: left; }
  td::before { content: attr(data-label); color: var(--soft); flex: 0 0 6.5rem; font-size: .85rem; }
  td:first-child { font-weight: 600; }
  td.whole { white-space: normal; } }
`;
