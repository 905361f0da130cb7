import { basename, dirname, relative, sep } from 'node:path';

const REFUSED_NAMES = [
  { pattern: /^I[A-Z][a-z]/, hint: 'no I… prefix' },
  { pattern: /^Base[A-Z]/, hint: 'no Base… prefix' },
  { pattern: /^(Common|Generic)[A-Z]/, hint: 'no Common… or Generic… prefix' },
  { pattern: /Impl$/, hint: 'no …Impl suffix' },
  { pattern: /.(Manager|Helpers?|Utils?)$/, hint: 'no …Manager, …Helper or …Util suffix' },
  { pattern: /^(Helpers?|Utils?|Data)$/, hint: 'say what it is' },
  { pattern: /.Data$/, hint: 'no …Data suffix' },
];

/** Types and classes are called what they are, without the prefixes and suffixes that say nothing. */
export const plainNames = {
  meta: { type: 'suggestion', schema: [], messages: { refused: "'{{name}}': {{hint}}." } },
  create(context) {
    const check = (node) => {
      const name = node.id?.name;
      if (name === undefined) return;
      const refused = REFUSED_NAMES.find(({ pattern }) => pattern.test(name));
      if (refused) context.report({ node: node.id, messageId: 'refused', data: { name, hint: refused.hint } });
    };
    return { ClassDeclaration: check, TSInterfaceDeclaration: check, TSTypeAliasDeclaration: check };
  },
};

const KEBAB = /^[a-z0-9]+(-[a-z0-9]+)*$/;
const REFUSED_WORDS = /^(utils?|helpers?|common|generic|misc|shared-utils?|v\d+)$/;
const ROLES = [
  ...['module', 'controller', 'repository', 'row', 'config', 'job', 'error'],
  ...['guard', 'filter', 'interceptor', 'pipe', 'strategy'],
  ...['spec', 'int-spec', 'e2e-spec', 'd', 'test'],
];

/** A file name is kebab-case with a suffix only for a framework's role, and an index only at the door of a library. */
export const fileNames = {
  meta: {
    type: 'suggestion',
    schema: [],
    messages: {
      kebab: "'{{part}}' is not kebab-case.",
      word: "'{{part}}' says nothing: name it after what it holds.",
      role: "'.{{role}}' is not a role; suffixes are {{roles}}.",
      barrel: 'One barrel per library: src/index.ts.',
    },
  },
  create(context) {
    return {
      Program(node) {
        const path = relative(context.cwd, context.filename).split(sep).join('/');
        const [stem, ...roles] = basename(path)
          .replace(/\.(ts|tsx|mts|mjs|cjs|js)$/, '')
          .split('.');
        const report = (messageId, data) => context.report({ node, messageId, data });

        for (const part of [...dirname(path).split('/').slice(-3), stem]) {
          if (part === '.' || part === '..' || part === '') continue;
          if (REFUSED_WORDS.test(part)) report('word', { part });
        }
        if (!KEBAB.test(stem)) report('kebab', { part: stem });
        for (const role of roles) {
          if (!ROLES.includes(role)) report('role', { role, roles: ROLES.join(', ') });
        }
        if (stem === 'index' && basename(dirname(context.filename)) !== 'src') report('barrel');
      },
    };
  },
};

const singular = (word) => word.replace(/ies$/, 'y').replace(/s$/, '');
const wordsOf = (name) =>
  name
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .map(singular);

/** A file is called what it exports: where it exports one thing, the two names share a word. */
export const fileCalledWhatItExports = {
  meta: {
    type: 'suggestion',
    schema: [],
    messages: { address: "A name is an address: '{{file}}' exports '{{name}}' and is not called after it." },
  },
  create(context) {
    const values = new Set();
    const types = new Set();
    return {
      ExportNamedDeclaration(node) {
        const names = node.exportKind === 'type' ? types : values;
        const declared = node.declaration;
        if (declared?.id?.name) names.add(declared.id.name);
        for (const declarator of declared?.declarations ?? []) {
          if (declarator.id.type === 'Identifier') names.add(declarator.id.name);
        }
        for (const specifier of node.specifiers) names.add(specifier.exported.name ?? specifier.exported.value);
      },
      'Program:exit'(node) {
        const file = basename(context.filename).replace(/\.tsx?$/, '');
        if (file === 'index' || file === 'main' || values.size !== 1) return;
        const called = new Set(wordsOf(file));
        if ([...values, ...types].some((name) => wordsOf(name).some((word) => called.has(word)))) return;
        context.report({ node, messageId: 'address', data: { file, name: [...values][0] } });
      },
    };
  },
};
