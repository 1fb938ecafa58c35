// Finds the direct reads of environment variables with the TypeScript compiler, by
// syntax tree and symbols. It is what TestOracle compares with; it shares nothing
// with the package but the list of shapes.
//
// Usage: node oracle.cjs PATH-OF-TYPESCRIPT < paths, one a line. It writes one line
// of JSON for each file: {"path", "reads": [[offset in bytes, name], ...]}.
"use strict";
const fs = require("fs");
const ts = require(process.argv[2]);

const modules = new Set(["process", "node:process"]);
const givers = new Set(["process", "node:process", "bun", "std-env", "cloudflare:workers", "$env/dynamic/private", "$env/dynamic/public"]);
const K = ts.SyntaxKind;

function strip(node) {
  for (;;) {
    if (ts.isParenthesizedExpression(node) || ts.isAsExpression(node) || ts.isSatisfiesExpression(node) || ts.isNonNullExpression(node) || ts.isTypeAssertionExpression(node)) node = node.expression;
    else return node;
  }
}

function analyse(path, text) {
  const host = {
    getSourceFile: (name, target) => (name === path ? ts.createSourceFile(name, text, target, true) : undefined),
    writeFile() {}, getDefaultLibFileName: () => "lib.d.ts", useCaseSensitiveFileNames: () => true, getCanonicalFileName: (f) => f,
    getCurrentDirectory: () => "", getNewLine: () => "\n", fileExists: (f) => f === path, readFile: () => undefined,
  };
  const program = ts.createProgram([path], { noResolve: true, noLib: true, allowJs: true, jsx: ts.JsxEmit.Preserve, target: ts.ScriptTarget.Latest, types: [] }, host);
  const file = program.getSourceFile(path), checker = program.getTypeChecker();
  const reads = [], held = new Set(), memo = new Map();

  const declared = (id) => {
    let symbol = id.parent && ts.isShorthandPropertyAssignment(id.parent) && id.parent.name === id ? checker.getShorthandAssignmentValueSymbol(id.parent) : checker.getSymbolAtLocation(id);
    if (!symbol || !symbol.declarations) return [];
    // In JavaScript, the compiler takes "process.env.A = 1" for a declaration, too.
    const declares = (d) => ts.isVariableDeclaration(d) || ts.isParameter(d) || ts.isBindingElement(d) || ts.isFunctionLike(d) || ts.isClassLike(d) || ts.isEnumDeclaration(d) || ts.isModuleDeclaration(d) || ts.isImportClause(d) || ts.isImportSpecifier(d) || ts.isNamespaceImport(d) || ts.isImportEqualsDeclaration(d);
    return symbol.declarations.filter((d) => d.getSourceFile() === file && declares(d) && !ambient(d));
  };
  const ambient = (d) => { for (let n = d; n; n = n.parent) if (n.modifiers && n.modifiers.some((m) => m.kind === K.DeclareKeyword)) return true; return false; };
  const moduleOf = (d) => { for (let n = d; n; n = n.parent) if (ts.isImportDeclaration(n)) return n.importClause.isTypeOnly ? "" : n.moduleSpecifier.text; return ""; };
  const isRequire = (e, names) => { e = strip(e); return ts.isCallExpression(e) && e.expression.getText() === "require" && e.arguments.length === 1 && ts.isStringLiteralLike(e.arguments[0]) && names.has(e.arguments[0].text); };
  const isTypeEnv = (t) => t && /^(NodeJS\.)?ProcessEnv$/.test(t.getText());

  function isGlobal(e) {
    e = strip(e);
    if (!ts.isIdentifier(e)) return false;
    const ds = declared(e);
    if (ds.length === 0) return ["globalThis", "global", "window", "self"].includes(e.text);
    return ds.some((d) => ts.isVariableDeclaration(d) && d.initializer && strip(d.initializer) !== e && isGlobal(d.initializer));
  }
  function isProcess(e) {
    e = strip(e);
    if (ts.isMetaProperty(e)) return true;
    if (isRequire(e, modules)) return true;
    if (ts.isPropertyAccessExpression(e)) return (e.name.text === "process" || e.name.text === "Bun") && isGlobal(e.expression);
    if (!ts.isIdentifier(e)) return false;
    const ds = declared(e);
    if (ds.length === 0) return e.text === "process" || e.text === "Bun";
    return ds.some((d) => {
      if (ts.isImportClause(d) || ts.isNamespaceImport(d)) return modules.has(moduleOf(d));
      if (ts.isImportSpecifier(d)) return (d.propertyName || d.name).text === "process" && moduleOf(d) === "std-env";
      return ts.isVariableDeclaration(d) && d.initializer && isRequire(d.initializer, modules);
    });
  }
  function mayBe(e) { // an expression that may be the environment
    e = strip(e);
    if (ts.isConditionalExpression(e)) return mayBe(e.whenTrue) || mayBe(e.whenFalse);
    if (ts.isBinaryExpression(e) && (e.operatorToken.kind === K.QuestionQuestionToken || e.operatorToken.kind === K.BarBarToken)) return mayBe(e.left) || mayBe(e.right);
    return isEnv(e);
  }
  function gives(fn) {
    if (!fn || !fn.body) return false;
    if (memo.has(fn)) return memo.get(fn);
    memo.set(fn, false); // a function that calls itself
    const out = returns(fn);
    memo.set(fn, out);
    return out;
  }
  function returns(fn) {
    if (!ts.isBlock(fn.body)) return mayBe(fn.body);
    let found = false;
    (function walk(n) { if (ts.isReturnStatement(n) && n.expression && mayBe(n.expression)) found = true; if (!ts.isFunctionLike(n)) ts.forEachChild(n, walk); })(fn.body);
    return found;
  }
  function declaresEnv(d) {
    if (memo.has(d)) return memo.get(d);
    memo.set(d, false);
    const out = (() => {
      if (held.has(d)) return true;
      if (ts.isVariableDeclaration(d)) return !!d.initializer && mayBe(d.initializer);
      if (ts.isParameter(d)) return isTypeEnv(d.type) || !!d.initializer && mayBe(d.initializer);
      if (ts.isImportSpecifier(d)) return (d.propertyName || d.name).text === "env" && givers.has(moduleOf(d));
      if (ts.isNamespaceImport(d)) return moduleOf(d).startsWith("$env/static/");
      if (ts.isBindingElement(d) && ts.isIdentifier(d.name)) {
        if (d.initializer && mayBe(d.initializer)) return true;
        const holder = d.parent.parent;
        return (d.propertyName || d.name).getText() === "env" && !!holder.initializer && isProcess(holder.initializer);
      }
      return false;
    })();
    memo.set(d, out);
    return out;
  }
  function isEnv(e) {
    e = strip(e);
    if (ts.isBinaryExpression(e) && (e.operatorToken.kind === K.QuestionQuestionToken || e.operatorToken.kind === K.BarBarToken)) return ts.isObjectLiteralExpression(e.right) && e.right.properties.length === 0 && isEnv(e.left);
    if (ts.isPropertyAccessExpression(e)) return e.name.text === "env" && isProcess(e.expression);
    if (ts.isElementAccessExpression(e)) return ts.isStringLiteralLike(e.argumentExpression) && e.argumentExpression.text === "env" && isProcess(e.expression);
    if (ts.isCallExpression(e)) {
      if (e.expression.getText() === "Deno.env.toObject") return true;
      if (!ts.isIdentifier(e.expression)) return false;
      return declared(e.expression).some((d) => ts.isFunctionDeclaration(d) ? gives(d) : ts.isVariableDeclaration(d) && d.initializer && (ts.isArrowFunction(strip(d.initializer)) || ts.isFunctionExpression(strip(d.initializer))) && gives(strip(d.initializer)));
    }
    return ts.isIdentifier(e) && declared(e).some(declaresEnv);
  }
  // Variables that are assigned the environment later, and parameters that are given it.
  function collect(n) {
    if (ts.isBinaryExpression(n) && n.operatorToken.kind === K.EqualsToken && ts.isIdentifier(n.left) && mayBe(n.right)) for (const d of declared(n.left)) held.add(d), memo.clear();
    if (ts.isCallExpression(n) && ts.isIdentifier(n.expression)) {
      n.arguments.forEach((a, i) => {
        if (ts.isSpreadElement(a) || !mayBe(a)) return;
        for (const d of declared(n.expression)) {
          let fn = d;
          if (ts.isVariableDeclaration(d) && d.initializer) fn = strip(d.initializer);
          const p = ts.isFunctionLike(fn) && fn.parameters[i];
          if (p && !held.has(p)) { held.add(p); memo.clear(); }
        }
      });
    }
    ts.forEachChild(n, collect);
  }
  collect(file); collect(file);

  const bytes = (pos) => Buffer.byteLength(text.slice(0, pos));
  const add = (node) => {
    if (ts.isStringLiteralLike(node)) { if (node.text) reads.push([bytes(node.getStart() + 1), node.text]); }
    else reads.push([bytes(node.getStart()), node.getText()]);
  };
  const written = (n) => {
    let p = n.parent;
    while (ts.isParenthesizedExpression(p) || ts.isAsExpression(p) || ts.isSatisfiesExpression(p) || ts.isNonNullExpression(p)) (n = p), (p = p.parent);
    if (ts.isBinaryExpression(p) && p.left === n && p.operatorToken.kind === K.EqualsToken) return true;
    if (ts.isDeleteExpression(p)) return true;
    return (ts.isPrefixUnaryExpression(p) || ts.isPostfixUnaryExpression(p)) && (p.operator === K.PlusPlusToken || p.operator === K.MinusMinusToken);
  };
  const literals = (e) => {
    e = strip(e);
    if (ts.isStringLiteralLike(e)) return [e];
    if (ts.isConditionalExpression(e)) { const a = literals(e.whenTrue), b = literals(e.whenFalse); return a.length && b.length ? [...a, ...b] : []; }
    if (ts.isIdentifier(e)) for (const d of declared(e)) if (ts.isVariableDeclaration(d) && d.initializer && (d.parent.flags & ts.NodeFlags.Const) && ts.isStringLiteralLike(d.initializer)) return [d.initializer];
    return [];
  };
  const pattern = (p) => {
    for (const el of p.elements) {
      if (el.dotDotDotToken) continue;
      const name = el.propertyName || el.name;
      if (ts.isComputedPropertyName(name)) literals(name.expression).forEach(add);
      else if (ts.isIdentifier(name) || ts.isStringLiteralLike(name)) add(name);
    }
  };
  function visit(n) {
    if (ts.isPropertyAccessExpression(n) && isEnv(n.expression) && !ts.isPrivateIdentifier(n.name)) {
      const call = ts.isCallExpression(n.parent) && n.parent.expression === n;
      if (call && ["hasOwnProperty", "propertyIsEnumerable"].includes(n.name.text)) { const a = n.parent.arguments[0]; if (a && ts.isStringLiteralLike(a)) add(a); }
      else if (!(call && ["toString", "valueOf"].includes(n.name.text)) && !written(n)) add(n.name);
    }
    if (ts.isElementAccessExpression(n) && isEnv(n.expression) && !written(n)) literals(n.argumentExpression).forEach(add);
    if ((ts.isVariableDeclaration(n) || ts.isParameter(n)) && ts.isObjectBindingPattern(n.name)) {
      if (n.initializer && mayBe(n.initializer) || isTypeEnv(n.type) || held.has(n)) pattern(n.name);
      if (n.initializer && isProcess(n.initializer)) for (const el of n.name.elements) if (ts.isObjectBindingPattern(el.name) && el.propertyName && el.propertyName.getText() === "env") pattern(el.name);
    }
    if (ts.isBinaryExpression(n)) {
      if (n.operatorToken.kind === K.InKeyword && isEnv(n.right)) literals(n.left).forEach(add);
      if (n.operatorToken.kind === K.EqualsToken && ts.isObjectLiteralExpression(n.left) && mayBe(n.right)) for (const p of n.left.properties) if (p.name && ts.isIdentifier(p.name)) add(p.name);
    }
    if (ts.isCallExpression(n) && /^Deno\.env\.(get|has)$/.test(n.expression.getText()) && n.arguments[0]) literals(n.arguments[0]).forEach(add);
    ts.forEachChild(n, visit);
  }
  visit(file);
  return reads;
}

for (const path of fs.readFileSync(0, "utf8").split("\n").filter(Boolean)) {
  const text = fs.readFileSync(path, "utf8");
  let reads = [];
  if (/env/i.test(text)) reads = analyse(path, text);
  process.stdout.write(JSON.stringify({ path, reads }) + "\n");
}
