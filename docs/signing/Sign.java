// The header fenghuo-signature of one batch: java Sign.java SEED ENTERPRISE VALUE-FILE HEADER...
// SEED is the private key, 32 bytes in hexadecimal; the nine headers come in the order in which they
// are signed, "" for one that is absent.

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.spec.EdECPrivateKeySpec;
import java.security.spec.NamedParameterSpec;
import java.util.HexFormat;

public class Sign {
    static void add(ByteArrayOutputStream signed, byte[] part) throws Exception {
        signed.write((part.length + ":").getBytes(StandardCharsets.US_ASCII));
        signed.write(part);
    }

    public static void main(String[] arguments) throws Exception {
        byte[] seed = HexFormat.of().parseHex(arguments[0]);
        byte[] value = Files.readAllBytes(Path.of(arguments[2]));

        ByteArrayOutputStream signed = new ByteArrayOutputStream();
        add(signed, "fenghuo-batch-2".getBytes(StandardCharsets.UTF_8));
        add(signed, arguments[1].getBytes(StandardCharsets.UTF_8));
        for (int each = 3; each < 12; each++) {
            add(signed, arguments[each].getBytes(StandardCharsets.UTF_8));
        }
        add(signed, MessageDigest.getInstance("SHA-256").digest(value));

        PrivateKey key = KeyFactory.getInstance("Ed25519")
            .generatePrivate(new EdECPrivateKeySpec(NamedParameterSpec.ED25519, seed));
        Signature signature = Signature.getInstance("Ed25519");
        signature.initSign(key);
        signature.update(signed.toByteArray());
        System.out.println(HexFormat.of().formatHex(signature.sign()));
    }
}
