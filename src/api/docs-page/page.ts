import { createHash } from 'node:crypto';
import { SCRIPT } from './script.js';
import { STYLE } from './style.js';

/** The page of `/docs`: nothing from elsewhere, nothing that this server did not write. */
export const DOCS_PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Reviver: HTTP API</title>
<style>${STYLE}</style>
</head>
<body>
<header>
<h1>Reviver: HTTP API</h1>
<p id="about">Every request but a few needs a token: <code>reviver token create --name NAME --role ROLE</code></p>
<form id="sign-in">
<label>Token <input id="token" type="password" autocomplete="off" spellcheck="false" required></label>
<button>Show</button>
</form>
<p id="problem" role="alert"></p>
<label id="search" hidden>Find <input id="find" type="search" placeholder="path, word or role"></label>
</header>
<main id="operations"></main>
<noscript>This page needs JavaScript. The same is in /openapi.json.</noscript>
<script>${SCRIPT}</script>
</body>
</html>
`;

export const DOCS_HEADERS = {
  'Content-Security-Policy': [
    "default-src 'none'",
    `script-src '${hashOf(SCRIPT)}'`,
    `style-src '${hashOf(STYLE)}'`,
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join('; '),
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Referrer-Policy': 'no-referrer',
  'Cache-Control': 'no-cache',
};

function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}
