import ts from 'typescript';
import { mutateRegex } from './mutate-regex.ts';

/** One small change of a source file that some test should notice. */
export interface Mutant {
  readonly id: number;
  readonly file: string;
  /** 1-based. */
  readonly line: number;
  /** The source line as it stands, trimmed: with `change` it names a mutant whatever its line number. */
  readonly text: string;
  /** `a < b → a <= b`, each side on one line. */
  readonly change: string;
  /** The text between these offsets becomes `replacement`. */
  readonly start: number;
  readonly end: number;
  readonly replacement: string;
}

/** A source file in which every mutant sleeps until its number is switched on. */
export interface MutatedSource {
  readonly mutants: readonly Mutant[];
  readonly instrumented: string;
}

/** The function that a mutated file asks: it tells whether this mutant is on, and counts. Set by runner.ts. */
export const SWITCH = '__isMutantOn';

const SWAPPED: Readonly<Partial<Record<ts.SyntaxKind, readonly string[]>>> = {
  [ts.SyntaxKind.LessThanToken]: ['<=', '>='],
  [ts.SyntaxKind.LessThanEqualsToken]: ['<', '>'],
  [ts.SyntaxKind.GreaterThanToken]: ['>=', '<='],
  [ts.SyntaxKind.GreaterThanEqualsToken]: ['>', '<'],
  [ts.SyntaxKind.EqualsEqualsEqualsToken]: ['!=='],
  [ts.SyntaxKind.ExclamationEqualsEqualsToken]: ['==='],
  [ts.SyntaxKind.PlusToken]: ['-'],
  [ts.SyntaxKind.MinusToken]: ['+'],
  [ts.SyntaxKind.AsteriskToken]: ['/'],
  [ts.SyntaxKind.SlashToken]: ['*'],
  [ts.SyntaxKind.PercentToken]: ['*'],
  [ts.SyntaxKind.PlusEqualsToken]: ['-='],
  [ts.SyntaxKind.MinusEqualsToken]: ['+='],
};

/** Operators of which a mutant keeps one side only. */
const ONE_SIDED: ReadonlySet<ts.SyntaxKind> = new Set([
  ts.SyntaxKind.AmpersandAmpersandToken,
  ts.SyntaxKind.BarBarToken,
  ts.SyntaxKind.QuestionQuestionToken,
]);

const SWAPPED_METHODS: ReadonlyMap<string, string> = new Map([
  ['some', 'every'],
  ['every', 'some'],
  ['find', 'findLast'],
  ['startsWith', 'endsWith'],
  ['min', 'max'],
  ['max', 'min'],
]);
/** Methods that give back what they were called on, changed: a mutant leaves the call out. */
const DROPPED_METHODS: ReadonlySet<string> = new Set(
  'filter slice toSorted toReversed trim toUpperCase normalize replace replaceAll padStart padEnd'.split(
    ' ',
  ),
);
/** What goes wrong is told in words that people may change freely. */
const MESSAGE_TAKERS: ReadonlySet<string> = new Set(['invariant', 'CodedError', 'unreadable']);

/** Finds the mutants of one file, numbered from `firstId` on, and plants their switches. */
export function mutate(file: string, source: string, firstId: number): MutatedSource {
  const tree = ts.createSourceFile(file, source, ts.ScriptTarget.ES2022, true);
  const mutants: Mutant[] = [];
  const lines = source.split('\n');

  const add = (node: ts.Node, replacement: string): Mutant => {
    const [start, end] = [node.getStart(tree), node.end];
    const { line } = tree.getLineAndCharacterOfPosition(start);
    const mutant: Mutant = {
      id: firstId + mutants.length,
      file,
      line: line + 1,
      text: (lines[line] ?? '').trim(),
      change: `${oneLine(source.slice(start, end))} → ${oneLine(replacement)}`,
      start,
      end,
      replacement,
    };
    mutants.push(mutant);
    return mutant;
  };

  const render = (node: ts.Node): string => {
    if (isSilent(node)) return node.getText(tree);
    const inner = renderChildren(node);
    if (isDroppableStatement(node)) {
      return `{ if (!${SWITCH}(${add(node, '{}').id})) ${inner} }`;
    }
    if (isDroppableProperty(node)) {
      return `...(${SWITCH}(${add(node, '...{}').id}) ? {} : { ${inner} })`;
    }
    if (!ts.isExpression(node) || !mayBeWrapped(node)) return inner;
    const own = replacementsOf(node, tree).map((replacement) => add(node, replacement));
    return own.reduceRight(
      (rest, { id, replacement }) => `(${SWITCH}(${id}) ? (${replacement}) : ${rest})`,
      own.length === 0 ? inner : `(${inner})`,
    );
  };

  const renderChildren = (node: ts.Node): string => {
    let text = '';
    let at = node.getStart(tree);
    ts.forEachChild(node, (child) => {
      const start = child.getStart(tree);
      if (start < at) return;
      text += source.slice(at, start) + render(child);
      at = child.end;
    });
    return text + source.slice(at, node.end);
  };

  const body = renderChildren(tree);
  return { mutants, instrumented: `const ${SWITCH} = globalThis.${SWITCH}; ${body}` };
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}

/** Types, imports and messages: nothing of them is decided at run time, or nobody is bound to it. */
function isSilent(node: ts.Node): boolean {
  return (
    ts.isTypeNode(node) ||
    ts.isImportDeclaration(node) ||
    ts.isExportDeclaration(node) ||
    ts.isInterfaceDeclaration(node) ||
    ts.isTypeAliasDeclaration(node) ||
    isMessage(node)
  );
}

function isMessage(node: ts.Node): boolean {
  const { parent } = node;
  return (
    (ts.isStringLiteralLike(node) || ts.isTemplateExpression(node)) &&
    (ts.isCallExpression(parent) || ts.isNewExpression(parent)) &&
    ts.isIdentifier(parent.expression) &&
    MESSAGE_TAKERS.has(parent.expression.text) &&
    parent.arguments?.[0] !== node
  );
}

function isDroppableStatement(node: ts.Node): boolean {
  return ts.isExpressionStatement(node) || ts.isThrowStatement(node);
}

/** A field that overrides what a spread before it gave: without it the object keeps its type. */
function isDroppableProperty(node: ts.Node): boolean {
  return (
    (ts.isPropertyAssignment(node) || ts.isShorthandPropertyAssignment(node)) &&
    ts.isObjectLiteralExpression(node.parent) &&
    node.parent.properties
      .slice(0, node.parent.properties.indexOf(node))
      .some(ts.isSpreadAssignment)
  );
}

/** Whether parentheses and a choice may stand where the expression stands. */
function mayBeWrapped(node: ts.Expression): boolean {
  const { parent } = node;
  if (ts.isPropertyAssignment(parent) && parent.name === node) return false;
  if (ts.isBinaryExpression(parent) && parent.left === node && isAssignment(parent)) return false;
  if (ts.isTaggedTemplateExpression(parent) || ts.isLiteralTypeNode(parent)) return false;
  // Within a?.b.c parentheses would end the short way out.
  return !(ts.isOptionalChain(parent) && 'expression' in parent && parent.expression === node);
}

function isAssignment({ operatorToken: { kind } }: ts.BinaryExpression): boolean {
  return kind >= ts.SyntaxKind.FirstAssignment && kind <= ts.SyntaxKind.LastAssignment;
}

function replacementsOf(node: ts.Expression, tree: ts.SourceFile): readonly string[] {
  const asCondition = isCondition(node) ? conditionReplacements(node) : [];
  return [...new Set([...asCondition, ...ownReplacements(node, tree)])];
}

function isCondition(node: ts.Expression): boolean {
  const { parent } = node;
  return (
    ((ts.isIfStatement(parent) || ts.isWhileStatement(parent)) && parent.expression === node) ||
    ((ts.isConditionalExpression(parent) || ts.isForStatement(parent)) && parent.condition === node)
  );
}

/** A loop that never ends tells nothing that one without a turn does not. */
function conditionReplacements({ parent }: ts.Expression): readonly string[] {
  return ts.isForStatement(parent) || ts.isWhileStatement(parent) ? ['false'] : ['true', 'false'];
}

function ownReplacements(node: ts.Expression, tree: ts.SourceFile): readonly string[] {
  const textOf = (part: ts.Node) => part.getText(tree);
  if (ts.isBinaryExpression(node)) {
    const { left, operatorToken, right } = node;
    if (ONE_SIDED.has(operatorToken.kind)) return [textOf(left), textOf(right)];
    if (operatorToken.kind === ts.SyntaxKind.PlusToken && [left, right].some(isText)) return [];
    const others = SWAPPED[operatorToken.kind] ?? [];
    return others.map((other) => `${textOf(left)} ${other} ${textOf(right)}`);
  }
  if (ts.isPrefixUnaryExpression(node)) {
    const { operator, operand } = node;
    const drops =
      operator === ts.SyntaxKind.ExclamationToken || operator === ts.SyntaxKind.MinusToken;
    return drops ? [textOf(operand)] : [];
  }
  if (ts.isCallExpression(node)) return callReplacements(node, textOf);
  if (ts.isArrayLiteralExpression(node)) return node.elements.length === 0 ? [] : ['[]'];
  return literalReplacements(node, textOf);
}

function isText(node: ts.Expression): boolean {
  return ts.isStringLiteralLike(node) || ts.isTemplateExpression(node);
}

function callReplacements(
  node: ts.CallExpression,
  textOf: (part: ts.Node) => string,
): readonly string[] {
  const callee = node.expression;
  if (!ts.isPropertyAccessExpression(callee)) return [];
  const [receiver, name] = [textOf(callee.expression), callee.name.text];
  const other = SWAPPED_METHODS.get(name);
  if (other !== undefined) {
    return [`${receiver}.${other}(${node.arguments.map(textOf).join(', ')})`];
  }
  return DROPPED_METHODS.has(name) ? [receiver] : [];
}

function literalReplacements(
  node: ts.Expression,
  textOf: (part: ts.Node) => string,
): readonly string[] {
  if (node.kind === ts.SyntaxKind.TrueKeyword) return ['false'];
  if (node.kind === ts.SyntaxKind.FalseKeyword) return ['true'];
  if (ts.isNumericLiteral(node)) return [String(Number(node.text) + 1)];
  if (ts.isBigIntLiteral(node)) return [`${BigInt(node.text.slice(0, -1)) + 1n}n`];
  if (ts.isStringLiteral(node)) return [node.text === '' ? "'mutant'" : "''"];
  if (ts.isNoSubstitutionTemplateLiteral(node) || ts.isTemplateExpression(node)) return ["''"];
  return ts.isRegularExpressionLiteral(node) ? mutateRegex(textOf(node)) : [];
}
