/**
 * What a page of the studio may do: run our scripts, use our styles, fonts and images, talk to this server. No inline
 * script, no eval, no frame around it. React Flow positions its nodes with style attributes, set by script through the
 * DOM, which the policy does not concern.
 */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "font-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const ALWAYS = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
  vary: 'accept-encoding',
} as const;

/** Of index.html: asked for anew each time, since it names the files of the current build. */
export const PAGE_HEADERS = {
  ...ALWAYS,
  'content-security-policy': CONTENT_SECURITY_POLICY,
  'cross-origin-opener-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
  'x-frame-options': 'DENY',
  'cache-control': 'no-cache',
} as const;

/** Of files with a hash of their content in the name. */
export const ASSET_HEADERS = { ...ALWAYS, 'cache-control': 'public, max-age=31536000, immutable' } as const;

/** Of the others. */
export const FILE_HEADERS = { ...ALWAYS, 'cache-control': 'public, max-age=3600' } as const;
