import path from 'node:path';
import ts from 'typescript';
import { ROOT } from '../../support/repository.ts';

/**
 * Has the TypeScript compiler work out types of `payloads.ts`, as it prints them: what only types hold is looked at in the
 * run of the tests too, not in `npm run types` alone.
 */
export function readTypes(expressions: readonly string[]): readonly string[] {
  const asked = path.join(import.meta.dirname, 'asked.ts');
  const text = [
    `import type * as payloads from './payloads.ts';`,
    ...expressions.map((expression, index) => `export type Asked${index} = ${expression};`),
  ].join('\n');
  const { config } = ts.readConfigFile(path.join(ROOT, 'tsconfig.json'), (file) =>
    ts.sys.readFile(file),
  ) as { readonly config: { readonly compilerOptions: object } };
  const { options } = ts.convertCompilerOptionsFromJson(config.compilerOptions, ROOT);
  const host = ts.createCompilerHost(options);
  const program = ts.createProgram([asked], options, {
    ...host,
    fileExists: (file) => file === asked || host.fileExists(file),
    readFile: (file) => (file === asked ? text : host.readFile(file)),
    getSourceFile: (file, ...rest) =>
      file === asked
        ? ts.createSourceFile(file, text, ts.ScriptTarget.ES2022)
        : host.getSourceFile(file, ...rest),
  });
  const source = program.getSourceFile(asked);
  const faults = program.getSemanticDiagnostics(source);
  if (source === undefined || faults.length > 0) {
    throw new Error(ts.formatDiagnostics(faults, host));
  }
  const checker = program.getTypeChecker();
  return source.statements
    .filter((statement) => ts.isTypeAliasDeclaration(statement))
    .map(({ type }) => checker.typeToString(checker.getTypeFromTypeNode(type)));
}
