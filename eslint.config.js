// Lint carries the architecture: who may import whom, and what pure code may not touch.
// (That there are no import cycles is checked by test/unit/architecture.test.ts.)
import js from '@eslint/js';
import tseslint from 'typescript-eslint';

// room -> the rooms it may import from (besides itself). `decide` is src/decide.ts.
const MAY_IMPORT = {
  domain: [],
  policy: ['domain'],
  forecast: ['domain', 'policy'],
  size: ['domain', 'policy'],
  capacity: ['domain'],
  guard: ['domain', 'policy'],
  safety: ['domain'],
  coordinate: ['domain'],
  explain: ['domain', 'policy'],
  observe: ['domain', 'policy'],
  actuate: ['domain', 'policy'],
  cluster: ['domain', 'policy', 'actuate'],
  telemetry: ['domain', 'policy'],
  history: ['domain'],
  infer: ['domain', 'forecast'],
  train: ['domain', 'forecast', 'infer', 'observe'],
  replay: ['domain', 'policy', 'forecast', 'size', 'decide.ts'],
  control: [
    'domain',
    'policy',
    'observe',
    'capacity',
    'forecast',
    'size',
    'safety',
    'coordinate',
    'actuate',
    'explain',
    'telemetry',
    'replay',
    'decide.ts',
  ],
  'decide.ts': ['domain', 'policy', 'size', 'guard'],
  api: ['domain', 'policy', 'forecast', 'size', 'explain', 'telemetry', 'decide.ts'],
};

const ALL = [...Object.keys(MAY_IMPORT), 'cli', 'cli.ts'];

/** Rooms are siblings, so an import that leaves a room reads ../<room> after one or more "../". */
function zone(room, allowed) {
  const isFile = room.endsWith('.ts');
  const forbidden = ALL.filter((other) => ![room, ...allowed].includes(other)).map((other) =>
    other.replace('.', '\\.'),
  );
  const regex = `^${isFile ? '\\./' : '(\\.\\./)+'}(${forbidden.join('|')})(/|$)`;
  const message = `${room} may import only: ${[room, ...allowed].join(', ')}`;
  return { room, files: [isFile ? `src/${room}` : `src/${room}/**/*.ts`], pattern: { regex, message } };
}

const zones = Object.entries(MAY_IMPORT).map(([room, allowed]) => zone(room, allowed));

const NO_IO = {
  group: ['node:*', 'express', '@kubernetes/*', 'prom-client', 'pino', 'undici', '@tensorflow/*'],
  message: 'pure code does no I/O',
};
const PURE_ROOMS = [
  'domain',
  'policy',
  'forecast',
  'size',
  'capacity',
  'guard',
  'safety',
  'coordinate',
  'explain',
  'replay',
  'decide.ts',
];
const isPure = (room) => PURE_ROOMS.includes(room);
const call = (selector, message) => ({ selector, message });

/** What the dashboard's code finds in a browser. */
const BROWSER_GLOBALS = [
  'AbortController',
  'ResizeObserver',
  'TextDecoderStream',
  'addEventListener',
  'cancelAnimationFrame',
  'clearInterval',
  'clearTimeout',
  'devicePixelRatio',
  'document',
  'fetch',
  'getComputedStyle',
  'localStorage',
  'location',
  'matchMedia',
  'requestAnimationFrame',
  'sessionStorage',
  'setInterval',
  'setTimeout',
];

export default tseslint.config(
  { ignores: ['dist/**', 'coverage/**', '.cache/**', 'node_modules/**'] },
  js.configs.recommended,
  ...tseslint.configs.recommendedTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: { allowDefaultProject: ['*.js'] } } },
    rules: {
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/explicit-module-boundary-types': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      '@typescript-eslint/no-non-null-assertion': 'off',
      complexity: ['error', 10],
      'max-params': ['error', 4],
      'max-depth': ['error', 3],
      'max-lines': ['error', { max: 300, skipBlankLines: true, skipComments: true }],
      'max-lines-per-function': ['error', { max: 80, skipBlankLines: true, skipComments: true }],
      eqeqeq: 'error',
      'no-console': 'error',
    },
  },
  {
    files: zones.filter((z) => isPure(z.room)).flatMap((z) => z.files),
    rules: {
      'no-restricted-globals': [
        'error',
        ...[
          'performance',
          'process',
          'fetch',
          'setTimeout',
          'setInterval',
          'setImmediate',
          'Buffer',
          'console',
          'global',
          'globalThis',
        ].map((name) => ({ name, message: 'pure code: pass it in' })),
      ],
      'no-restricted-syntax': [
        'error',
        call("MemberExpression[object.name='Date'][property.name='now']", 'pure code: take nowMs'),
        call("NewExpression[callee.name='Date'][arguments.length=0]", 'pure code: take nowMs'),
        call("CallExpression[callee.name='Date']", 'pure code: take nowMs'),
        call("MemberExpression[object.name='Math'][property.name='random']", 'pure code: take a seed'),
      ],
    },
  },
  ...zones.map(({ room, files, pattern }) => ({
    files,
    rules: { 'no-restricted-imports': ['error', { patterns: isPure(room) ? [pattern, NO_IO] : [pattern] }] },
  })),
  {
    files: ['src/cli.ts', 'src/cli/**/*.ts', 'test/**/*.ts'],
    rules: { 'no-console': 'off' },
  },
  {
    files: ['src/!(cli|infer|train)/**/*.ts', 'src/decide.ts'],
    ignores: ['src/cli/**'],
    rules: {
      'no-restricted-properties': [
        'error',
        { object: 'process', property: 'env', message: 'only the entry reads the environment' },
        { object: 'process', property: 'argv', message: 'only the entry reads argv' },
      ],
    },
  },
  {
    files: ['test/**/*.ts'],
    rules: {
      'max-lines': 'off',
      'max-lines-per-function': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      '@typescript-eslint/explicit-module-boundary-types': 'off',
    },
  },
  { files: ['**/*.js'], ...tseslint.configs.disableTypeChecked },
  {
    files: ['src/dashboard/**/*.js'],
    languageOptions: { globals: Object.fromEntries(BROWSER_GLOBALS.map((name) => [name, 'readonly'])) },
    rules: { '@typescript-eslint/explicit-module-boundary-types': 'off' },
  },
);
