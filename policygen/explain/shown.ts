// Doubled braces around what has none in it, and nothing that a token could be read from.
const LITERAL = /(?<!\{)\{\{([^{}]*)\}\}(?!\})/g;
const LIKE_A_TOKEN = /^[a-z.]*(:[0-9]*)?$/;

/**
 * A pattern as people read it: `{0002df01-…}` for `{{0002df01-…}}`. Braces stay doubled where a single pair would be a
 * token's, so that a name that a program calls `{rest}` is never shown as if it admitted anything.
 */
export const shownPattern = (pattern: string): string =>
  pattern.replace(LITERAL, (whole, inside: string) => (LIKE_A_TOKEN.test(inside) ? whole : `{${inside}}`));
