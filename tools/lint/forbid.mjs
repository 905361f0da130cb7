/**
 * Makes a rule that refuses every node one of its selectors finds.
 *
 * One concern is one rule with its own name: `no-restricted-syntax` would be overwritten
 * whole by each later block of the configuration.
 *
 * @param {string} message what to write instead, and why
 * @param {string[]} selectors ESLint selectors
 */
export function forbid(message, selectors) {
  return {
    meta: { type: 'problem', schema: [], messages: { forbidden: message } },
    create(context) {
      const seen = new Set();
      const report = (node) => {
        if (seen.has(node)) return;
        seen.add(node);
        context.report({ node, messageId: 'forbidden' });
      };
      return Object.fromEntries(selectors.map((selector) => [selector, report]));
    },
  };
}
