/** The page's own style sheet, served as a file: its policy allows no inline style. */
export const styles = `
:root {
  color-scheme: light dark;
  --ink: light-dark(#1c2430, #e9edf3);
  --soft: light-dark(#5a6472, #a3adba);
  --paper: light-dark(#ffffff, #181d25);
  --ground: light-dark(#f3f5f8, #0f1318);
  --rule: light-dark(#d5dbe3, #353d49);
  --field: light-dark(#868f9c, #6d7785);
  --accent: light-dark(#2f55d4, #8fa8ff);
  --on-accent: light-dark(#ffffff, #0d1430);
  --bad: light-dark(#b3261e, #ffb4ab);
  --bad-ground: light-dark(#fdeceb, #3a1512);
  --warn-ground: light-dark(#fff4d6, #3a2f10);
  --warn: light-dark(#5c4300, #ffe1a0);
}
* { box-sizing: border-box; margin: 0; }
body {
  min-height: 100vh;
  background: var(--ground);
  color: var(--ink);
  font: 1rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif;
}
header { background: var(--warn-ground); color: var(--warn); padding: .625rem 1rem; text-align: center; font-size: .875rem; }
header strong { margin-right: .5rem; }
main { margin: 0 auto; max-width: 60rem; padding: clamp(1rem, 4vw, 3rem) 1rem; }
h1, h2, h3 { line-height: 1.2; }
h2 { font-size: 1.25rem; }
h3 { font-size: .9375rem; font-weight: 600; }
ul { list-style: none; padding: 0; }
a { color: var(--accent); text-underline-offset: .2em; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }

.pay { display: grid; gap: clamp(1.5rem, 4vw, 4rem); }
@media (min-width: 48rem) { .pay { grid-template-columns: 1fr 1fr; align-items: start; } }

.merchant { color: var(--soft); font-size: .875rem; }
.summary h1 { margin: .25rem 0 1.5rem; }
.summary h1 .what { display: block; color: var(--soft); font-size: 1rem; font-weight: 500; }
.summary .amount { font-size: clamp(2rem, 7vw, 2.75rem); font-weight: 650; letter-spacing: -.02em; font-variant-numeric: tabular-nums; }
.summary li { display: flex; justify-content: space-between; gap: 1rem; padding: .625rem 0; border-top: 1px solid var(--rule); }
.summary .name { overflow-wrap: anywhere; }
.summary .quantity { color: var(--soft); white-space: nowrap; }
.summary .price { font-variant-numeric: tabular-nums; white-space: nowrap; }

.form { background: var(--paper); border: 1px solid var(--rule); border-radius: 1rem; padding: clamp(1.25rem, 4vw, 2rem); }
.form > * + * { margin-top: 1.25rem; }
form > * + * { margin-top: 1rem; }
.pair { display: grid; grid-template-columns: 1fr 1fr; gap: 1rem; align-items: start; }
label { display: block; font-size: .875rem; font-weight: 600; margin-bottom: .375rem; }
input[type="text"] {
  width: 100%; min-height: 3rem; padding: .5rem .75rem;
  border: 1px solid var(--field); border-radius: .5rem;
  background: var(--paper); color: inherit; font: inherit; font-variant-numeric: tabular-nums;
}
input::placeholder { color: var(--soft); opacity: 1; }
input[aria-invalid] { border-color: var(--bad); box-shadow: inset 0 0 0 1px var(--bad); }
.error { color: var(--bad); font-size: .875rem; margin-top: .375rem; }
.alert { background: var(--bad-ground); color: var(--bad); border-radius: .5rem; padding: .75rem 1rem; }
button { font: inherit; cursor: pointer; }
.primary {
  display: block; width: 100%; min-height: 3rem; padding: .75rem 1rem; border: 0; border-radius: .5rem;
  background: var(--accent); color: var(--on-accent); font-weight: 650; text-align: center; text-decoration: none;
}
.primary:hover { filter: brightness(1.08); }
.cards { border-top: 1px solid var(--rule); padding-top: 1.25rem; }
.cards li + li { margin-top: .5rem; }
.cards button {
  display: flex; flex-wrap: wrap; justify-content: space-between; gap: 0 1rem; width: 100%; min-height: 2.75rem; align-items: center;
  padding: .5rem .75rem; border: 1px solid var(--rule); border-radius: .5rem; background: transparent; color: inherit; text-align: left;
}
.cards button:hover { border-color: var(--accent); }
.cards .digits { font-variant-numeric: tabular-nums; font-size: .9375rem; }
.cards .what { color: var(--soft); font-size: .875rem; }
.back { text-align: center; }
.message { max-width: 34rem; text-align: center; }
.message > * + * { margin-top: 1rem; }
`;
