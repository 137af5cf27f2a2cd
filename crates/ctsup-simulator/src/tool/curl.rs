//! `curl`: the registry's tags, and whether apt.postgresql.org answers.

use crate::process::Shell;

pub(super) async fn run(shell: &Shell, args: &[&str]) -> i32 {
    let Some(url) = args.iter().find(|a| a.starts_with("http")) else { return 2 };
    // curl's own globbing: one request for each name in braces.
    if let Some((before, rest)) = url.split_once('{')
        && let Some((names, after)) = rest.split_once('}')
    {
        let mut code = 0;
        for name in names.split(',') {
            let one = format!("{before}{name}{after}");
            shell.line(&format!("--_curl_--{one}"));
            let args: Vec<&str> =
                args.iter().map(|a| if a == url { one.as_str() } else { *a }).collect();
            code = Box::pin(run(shell, &args)).await;
        }
        return code;
    }
    shell.busy(20, 200).await;
    let user = args.iter().position(|a| *a == "-u" || *a == "--user").is_some();
    let with_head = args.iter().any(|a| ["-i", "-si", "--include", "-I", "--head"].contains(a));
    if url.contains("apt.postgresql.org") {
        if shell.with(|w| w.node(&shell.node).apt) {
            shell.say("HTTP/1.1 200 OK\r\nServer: nginx\r\n\r\n");
            return 0;
        }
        shell.sleep(20_000).await;
        shell.complain("curl: (28) Connection timed out after 20000 milliseconds");
        return 28;
    }
    let path = url.split_once("/v2/").map_or("", |(_, path)| path);
    let service = path.strip_suffix("/tags/list").unwrap_or(path);
    let service = service.split_once("/tags/list?").map_or(service, |(s, _)| s);
    let (allowed, tags) = shell.with(|w| (user || !w.registry.login, w.registry.tags(service)));
    let (status, body) = if !allowed {
        ("401 Unauthorized", r#"{"errors":[{"code":"UNAUTHORIZED","message":"authentication required","detail":null}]}"#.to_owned())
    } else if service.is_empty() {
        ("200 OK", "{}".to_owned())
    } else if tags.is_empty() {
        (
            "404 Not Found",
            format!(
                r#"{{"errors":[{{"code":"NAME_UNKNOWN","message":"repository name not known to registry","detail":{{"name":"{service}"}}}}]}}"#
            ),
        )
    } else {
        let tags: Vec<String> = tags.iter().map(|t| format!("\"{t}\"")).collect();
        ("200 OK", format!(r#"{{"name":"{service}","tags":[{}]}}"#, tags.join(",")))
    };
    if with_head {
        let length = body.len();
        shell.say(&format!("HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n"));
    }
    shell.line(&body);
    0
}
