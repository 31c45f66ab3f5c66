import { formatDuration } from '../model/duration.js';
import { escaped } from './escaped.js';
import { moment } from './markdown.js';
import { picture } from './picture.js';
import { CHECKLIST, figuresOf, type Postmortem } from './postmortem.js';

/** A page that stands for itself: no script, no request to anywhere, readable in the dark and on paper. */
export function toPage(about: Postmortem): string {
  const rows = about.timeline.map(
    ({ at, who, what, bad }) =>
      `<tr${bad ? ' class="bad"' : ''}><td><time datetime="${at.toISOString()}">${moment(at)}</time></td><td>${escaped(who)}</td><td>${escaped(what)}</td></tr>`,
  );
  const items = (lines: readonly string[]) => lines.map((line) => `<li>${escaped(line)}</li>`).join('\n');
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(`${about.recovery}: ${about.title}`)}</title>
<style>${STYLE}</style>
</head>
<body>
<header>
<p class="state ${about.state === 'SUCCEEDED' ? 'good' : 'bad'}">${escaped(about.state)}</p>
<h1>${escaped(about.recovery)}: ${escaped(about.title)}</h1>
<p>${[about.service, `plan ${about.plan}`, `asked for by ${about.requestedBy}`, ...figuresOf(about)].map(escaped).join(' · ')}</p>
<p>Why this plan: ${escaped(about.why)}</p>
</header>
<section><h2>Where the time went</h2>
${picture(about)}
<dl>${about.durations.map(([name, ms]) => `<div><dt>${escaped(name)}</dt><dd>${formatDuration(ms)}</dd></div>`).join('')}</dl></section>
<section><h2>Timeline</h2>
<table><thead><tr><th>UTC</th><th>who</th><th>what</th></tr></thead><tbody>
${rows.join('\n')}
</tbody></table></section>
<section><h2>What to change</h2>
<ul>${items(about.lessons.length > 0 ? about.lessons : ['Nothing stands out.'])}</ul></section>
<section><h2>After the incident</h2>
<ul class="todo">${items(CHECKLIST)}</ul></section>
</body>
</html>
`;
}

const STYLE = `
:root { color-scheme: light dark; --ink: #1c2430; --soft: #5b6675; --line: #d5dbe3; --paper: #fff; --good: #1a7f4b; --bad: #b3261e; --wait: #b9852a; --undo: #7a4fb5; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6eaf0; --soft: #9aa6b5; --line: #333d4a; --paper: #14181e; --good: #4cc38a; --bad: #ff8a80; --wait: #e0b15c; --undo: #b79bea; } }
body { margin: 2rem auto; max-width: 60rem; padding: 0 1rem; background: var(--paper); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
h1 { font-size: 1.6rem; line-height: 1.25; margin: .25rem 0; } h2 { font-size: 1.1rem; margin: 2rem 0 .5rem; }
header p { margin: .25rem 0; color: var(--soft); } .state { font-weight: 600; } .state.good { color: var(--good); } .state.bad, tr.bad td:last-child { color: var(--bad); }
svg { width: 100%; height: auto; display: block; } svg text { fill: var(--ink); font: 12px system-ui, sans-serif; } svg .soft { fill: var(--soft); }
svg .step { fill: var(--good); } svg .wait { fill: var(--wait); } svg .undo { fill: var(--undo); } svg .failed { fill: var(--bad); } svg line { stroke: var(--line); }
dl { display: flex; flex-wrap: wrap; gap: .5rem 2rem; } dt { color: var(--soft); font-size: .85rem; } dd { margin: 0; font-variant-numeric: tabular-nums; }
table { border-collapse: collapse; width: 100%; } th, td { text-align: left; vertical-align: top; padding: .3rem .6rem .3rem 0; border-bottom: 1px solid var(--line); overflow-wrap: anywhere; }
th { color: var(--soft); font-weight: 500; } td:first-child { white-space: nowrap; font-variant-numeric: tabular-nums; color: var(--soft); }
.todo { list-style: "☐  "; } @media print { body { margin: 0; max-width: none; } tr { break-inside: avoid; } }
`;
