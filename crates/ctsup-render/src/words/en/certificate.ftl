# Words: findings about a certificate. A message says what was found, `.help` what to do.
# Fragments: lower case, no full stop.

## How a report is shown

certificate-severity-refuse = refused
certificate-severity-warn = warning
certificate-severity-note = note
certificate-role-server = server
certificate-role-intermediate = intermediate
certificate-role-root = root
certificate-role-foreign = foreign
certificate-role-duplicate = again
certificate-shown = { $number }. { $role }: { $subject }
    .issuer = issued by { $issuer }
    .names = for { $names }
    .valid = valid from { $from } to { $to }
    .key = key { $key }, SHA-256 { $fingerprint }
certificate-about = certificate { $number }
certificate-files = { $bundle } with { $key } for { $host }, as of { $at }
certificate-good = the files can be used
certificate-good-but = the files can be used; mind the warnings
certificate-bad = the files must not be used
certificate-file-bundle = the certificate file
certificate-file-key = the key file

## The files

certificate-not-pem = { $file ->
        [key] the key file
       *[other] the certificate file
    } is not PEM{ $looks ->
        [der] , it looks like DER
        [base64] , it looks like bare Base64
        [pkcs12] , it looks like PKCS #12 (.pfx, .p12)
        [utf-16] , it is text in UTF-16
       *[other] {""}
    }
    .help = { $looks ->
        [der] convert it: openssl x509 -inform DER -in FILE -out FILE.pem, for a key openssl pkey -inform DER
        [base64] put it between the lines -----BEGIN CERTIFICATE----- and -----END CERTIFICATE-----
        [pkcs12] take it apart: openssl pkcs12 -in FILE -nodes
        [utf-16] save it as plain text, in ASCII or UTF-8
       *[other] ask the authority for PEM
    }
certificate-byte-order-mark = { $file ->
        [key] the key file
       *[other] the certificate file
    } begins with a byte order mark, which older OpenSSL stumbles over
    .help = save it without the mark
certificate-pem-malformed = { $file ->
        [key] the key file
       *[other] the certificate file
    }, line { $line }: { $reason ->
        [begin-missing] an END without a BEGIN
        [end-missing] a BEGIN without an END
        [labels-differ] BEGIN and END name different things
        [glued] two blocks on one line
        [marker] a broken BEGIN or END line
        [blank-line] a blank line inside a block
        [header] a header inside a block
       *[other] this is not Base64
    }
    .help = put the parts together anew, each block as it was delivered, each line of it on its own
certificate-block-ignored = { $file ->
        [key] the key file
       *[other] the certificate file
    }, line { $line }: a block { $label }, which nginx skips
    .help = take it out
certificate-bundle-empty = there is no certificate in the certificate file
    .help = put the server's certificate first, then the intermediates, then the root
certificate-certificate-unreadable = line { $line }: { $reason ->
        [trailing-data] something follows the certificate inside its block
        [trusted-certificate] a TRUSTED CERTIFICATE of OpenSSL, which nginx does not read as others do
        [extensions] the certificate's extensions cannot be read
       *[other] this is no certificate
    }
    .help = take the certificate as the authority delivered it
certificate-key-in-bundle = line { $line }: a private key lies in the certificate file, which is not kept secret
    .help = take it out; if others could read the file, have a new key and certificate made

## Each certificate

certificate-version-old = X.509 version { $version }
    .help = the guide wants version 3: have it issued anew
certificate-key-weak = RSA key of { $bits } bits
    .help = the guide wants at least { $least }: make a longer key and have the certificate issued anew
certificate-key-elliptic = elliptic key { $curve }, where the guide speaks of RSA 2048
    .help = as strong as the guide's key or stronger; make sure that old clients can do it
certificate-key-unsupported = a key that browsers and clients do not support ({ $algorithm })
    .help = have a certificate for an RSA key of at least 2048 bits issued
certificate-signature-weak = signed over { $digest }
    .help = the guide wants SHA-256: have it issued anew
certificate-signature-stronger = signed over { $digest }, stronger than the guide's SHA-256
    .help = clients of the last ten years can do it
certificate-signature-unsupported = signed in a way that clients do not support ({ $algorithm })
    .help = have it issued anew with SHA-256
certificate-root-signature-weak = the root's signature by itself is weak ({ $algorithm })
    .help = nothing to do: clients know the root, nobody relies on that signature
certificate-expired = expired on { $not_after }
    .help = have it issued anew
certificate-not-yet-valid = not valid before { $not_before }
    .help = wait until then, or look at the clock
certificate-expires-soon = expires on { $not_after }, { $days ->
        [one] in 1 day
       *[other] in { $days } days
    }
    .help = order the next one now

## The chain

certificate-certificate-duplicate = the same as certificate { $first }
    .help = take one of them out
certificate-order-wrong = the order is not server, intermediates, root
    .help = put the certificates in this order, by their present numbers: { $order }
certificate-not-in-chain = { $subject } does not belong to this chain
    .help = take it out
certificate-issuer-missing = its issuer is not in the file: { $issuer }
    .help = add that certificate behind it; the authority offers it for download
certificate-root-missing = the root is not in the file: { $issuer }
    .help = the guide wants it at the end; clients that know the root do without
certificate-signature-invalid = not signed by certificate { $by }, whose name it gives as issuer
    .help = a certificate of the same name with another key: get the right issuer
certificate-signature-unchecked = its signature by certificate { $by } is of a kind that is not verified here ({ $algorithm })
    .help = verify it: openssl verify
certificate-self-signed = the server's certificate vouches for itself
    .help = browsers and phones will warn; take one of a public authority, or spread your own
certificate-server-is-ca = the server's certificate is that of an authority
    .help = have one issued that is for the server only
certificate-usage-wrong = not meant for a web server: { $lacks ->
        [server-auth] server authentication is not among its purposes
       *[other] its key must not sign
    }
    .help = have it issued anew, for a web server
certificate-not-a-ca = must not issue certificates: { $reason ->
        [basic-constraints] it is not an authority's
        [key-usage] its key must not sign certificates
        [purpose] its purposes do not include the server's
       *[other] the chain below it is longer than it allows
    }
    .help = this is not the right intermediate: get the issuer's own
certificate-chain-rejected = an independent check rejects the chain: { $reason ->
        [name-constraints] an authority in it must not vouch for this name
        [critical-extension] it has a critical extension that clients do not know
        [algorithms-differ] the algorithms named inside and outside differ
        [distrusted] a certificate in it is distrusted
       *[other] something in it is malformed
    }
    .help = show this to the authority

## The name

certificate-host-invalid = `{ $host }` is no name that users could type: { $reason ->
        [address] it is an address
        [not-fully-qualified] the domain is missing
       *[other] it has characters that names do not have
    }
    .help = give the external name of the service: --host express.example.org
certificate-name-not-covered = not for { $host }; it is for { $names }
    .help = have one issued with { $host } among its alternative names
certificate-common-name-ignored = the common name { $common_name } does not count
    .help = clients look at the alternative names only

## The key

certificate-private-key-missing = there is no private key in the key file
    .help = it belongs between -----BEGIN PRIVATE KEY----- and -----END PRIVATE KEY-----
certificate-private-keys-several = { $count } private keys in the key file
    .help = leave the one that belongs to the certificate
certificate-private-key-encrypted = line { $line }: the private key is encrypted { $form ->
        [legacy] (the old form)
       *[other] (PKCS #8)
    }
    .help = nginx could not start without a person: openssl pkey -in KEY -out server.key
certificate-private-key-unreadable = line { $line }: the private key cannot be read{ $reason ->
        [content] , its numbers do not fit together
       *[other] {""}
    }
    .help = take the key as it was made, or make a new one with a new certificate
certificate-private-key-mismatch = the private key is not that of the server's certificate
    .help = find the key that the request was made with; otherwise have a new certificate issued
certificate-private-key-unchecked = whether the private key belongs to the certificate cannot be told here ({ $algorithm })
    .help = compare: openssl x509 -noout -pubkey -in BUNDLE and openssl pkey -pubout -in KEY

## Remarks

certificate-lets-encrypt = issued by Let's Encrypt, which the guide allows
    .help = nothing to do
certificate-trust-unchecked = whether clients trust { $authority } is not checked here
    .help = the guide wants a public authority
certificate-tls-version = TLS of at least { $least } is nginx's setting, no certificate decides it
    .help = see it after the change: openssl s_client -connect HOST:443
