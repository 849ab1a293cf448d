//! Puts a script and the modules that it imports into one file, so that a browser asks once.
//!
//! Each module becomes a function that returns what is imported from it, so no two share a name. A line
//! `import { a, b } from "./module.js";` is all that it understands; a test holds the modules to that.

/// The script at `path`. `read` returns the text of a file; modules that are not there are left out.
pub(super) fn bundle(path: &str, read: impl Fn(&str) -> Option<String> + Copy) -> String {
    let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
    let mut script = String::new();
    for line in read(path).unwrap_or_default().lines() {
        if let Some((names, module)) = imported(line) {
            let module = bundle(&format!("{folder}/{module}"), read);
            script.extend(["const ", names, " = (() => {\n", &module, "return ", names, ";\n})();\n"]);
        } else {
            script.extend([line.strip_prefix("export ").unwrap_or(line), "\n"]);
        }
    }
    script
}

/// The names in braces and the file of an import.
fn imported(line: &str) -> Option<(&str, &str)> {
    let (names, module) = line.strip_prefix("import ")?.split_once(" from ")?;
    let is_plain = names.starts_with('{') && names.ends_with('}') && !names.contains(" as ");
    let module = module.trim_end_matches(';').trim_matches('"').strip_prefix("./")?;
    is_plain.then_some((names, module))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modules_keep_their_names_to_themselves() {
        let read = |path: &str| {
            let text = match path {
                "js/app.js" => "import { one } from \"./one.js\";\none(shared);\nconst shared = 1;",
                "js/one.js" => "const shared = 2;\n\nexport function one() {\n  return shared;\n}",
                _ => return None,
            };
            Some(text.to_owned())
        };
        let expected = "const { one } = (() => {\nconst shared = 2;\n\nfunction one() {\n  return shared;\n}\n\
                        return { one };\n})();\none(shared);\nconst shared = 1;\n";
        assert_eq!(bundle("js/app.js", read), expected);
    }

    #[test]
    fn only_plain_imports_are_understood() {
        assert_eq!(imported("import { a, b } from \"./c.js\";"), Some(("{ a, b }", "c.js")));
        for other in
            ["import * as a from \"./c.js\";", "import \"./c.js\";", "import { a as b } from \"./c.js\";"]
        {
            assert_eq!(imported(other), None, "{other}");
        }
    }
}
