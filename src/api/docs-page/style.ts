export const STYLE = `
:root { color-scheme: light dark; --line: #8884; --soft: #8882; }
body { font: 16px/1.5 system-ui, sans-serif; margin: 0 auto; max-width: 60rem; padding: 1rem; }
h1 { font-size: 1.4rem; margin: 0; }
code, pre, input { font-family: ui-monospace, monospace; font-size: .9em; }
input { padding: .3rem .5rem; min-width: 16rem; max-width: 100%; }
details { border: 1px solid var(--line); border-radius: .4rem; margin: .4rem 0; }
summary { cursor: pointer; padding: .5rem .7rem; display: flex; gap: .7rem; flex-wrap: wrap; align-items: baseline; }
summary code { font-weight: 600; overflow-wrap: anywhere; }
.method { min-width: 4rem; font: 600 .8rem ui-monospace, monospace; text-transform: uppercase; }
.post, .put { color: #b45309; } .get { color: #0f7b4b; } .delete { color: #c22; }
.body { padding: 0 .7rem .7rem; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: .2rem .6rem .2rem 0; border-top: 1px solid var(--line); }
pre { background: var(--soft); padding: .6rem; overflow-x: auto; border-radius: .3rem; }
#problem:empty { display: none; } #problem { color: #c22; }
@media (prefers-color-scheme: dark) { .get { color: #4ade80; } .post, .put { color: #fbbf24; } .delete, #problem { color: #f87171; } }
`;
