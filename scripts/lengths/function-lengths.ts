import ts from 'typescript';

export interface MeasuredFunction {
  readonly path: string;
  /** Of its first line, from 1. */
  readonly line: number;
  /** Its own name, that of the variable or property that holds it, or of the function it is given to. */
  readonly name: string;
  /** From its head to its closing brace, functions within it included. */
  readonly lines: number;
}

/** The functions of a source file with their lengths, but for the bodies of test suites. */
export function functionsOf(path: string, text: string): MeasuredFunction[] {
  const kind = path.endsWith('.tsx') ? ts.ScriptKind.TSX : ts.ScriptKind.TS;
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true, kind);
  const found: MeasuredFunction[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isFunctionLike(node) && 'body' in node && node.body !== undefined) {
      const name = nameOf(node);
      const line = file.getLineAndCharacterOfPosition(node.getStart(file)).line;
      const lines = file.getLineAndCharacterOfPosition(node.end).line - line + 1;
      if (name !== 'describe') found.push({ path, line: line + 1, name, lines });
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}

function nameOf(node: ts.SignatureDeclaration): string {
  if (node.name !== undefined) return node.name.getText();
  if (ts.isConstructorDeclaration(node)) return 'constructor';
  const { parent } = node;
  if (ts.isCallExpression(parent)) return parent.expression.getText();
  if (ts.isVariableDeclaration(parent) || ts.isPropertyAssignment(parent)) {
    return parent.name.getText();
  }
  return 'anonymous';
}
