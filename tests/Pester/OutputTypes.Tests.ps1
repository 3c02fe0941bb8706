# Creates an object of every type that a cmdlet returns, as authors of scripts do to mock the cmdlets. A type without a sample
# here fails.
BeforeDiscovery {
    Import-Module $PSScriptRoot/../../out/KubeInject
    $types = (Get-Command -Module KubeInject -CommandType Cmdlet).OutputType.Type.Where{ $_.Namespace -like 'KubeInject*' }.FullName | Sort-Object -Unique
}

BeforeAll {
    Set-StrictMode -Version Latest
    $ErrorActionPreference = 'Stop'
    Import-Module $PSScriptRoot/../../out/KubeInject

    function New-Lease([string] $State = 'Active') {
        $record = [KubeInject.Credentials.LeaseRecord]@{
            Uuid = '6f1b5a3c-0d0e-4b7e-9a55-3f1d2c4b5a69'; Source = 'local'; Role = 'orders-rw'; Database = 'orders'; Username = 'v-orders-1'
            Owner = $orders; ServiceAccountName = 'orders'; IsComplete = $true; ExpiresAt = [DateTimeOffset]::UtcNow.AddHours(-2.5)
        }
        [KubeInject.Leases.CredentialLease]::Create($source, $record, $State)
    }

    $orders = [KubeInject.Kubernetes.Objects.ObjectReference]::new('Deployment', 'shop', 'orders')
    $source = [KubeInject.Leases.CredentialSource]::CreateLocal((Join-Path $TestDrive leases))
    $pod = [KubeInject.Kubernetes.Objects.Pod]::Parse('{"metadata": {"name": "orders-1", "namespace": "shop"}, "status": {"phase": "Running"}}')
    $finding = [KubeInject.Annotations.Finding]@{ Code = 'KI001'; Severity = 'Error'; Object = $orders; Message = 'The role is missing.'; Suggestion = 'Add the role.' }
    $step = [KubeInject.Diagnosis.DiagnosisStep]@{ Step = 'Request'; State = 'Failed'; Text = 'The annotations have errors.'; Findings = [KubeInject.Annotations.Finding[]] $finding }
    $database = [KubeInject.Annotations.DatabaseInjection]@{ Name = 'orders'; Role = 'orders-rw' }
    $injected = [KubeInject.Injection.InjectedDatabase[]] [KubeInject.Injection.InjectedDatabase]::new('orders', 'orders-rw', [string[]] 'DBUSER', [string[]] 'DBPASSWORD', 'v-orders-1', [guid]::Empty)

    # Each sample with one of its properties and the value of the property.
    $samples = @{
        'Annotations.Finding' = $finding, 'Severity', 'Error'
        'Annotations.PodInjection' = [KubeInject.Annotations.PodInjection]@{
            Kind = 'Deployment'; Namespace = 'shop'; Name = 'orders'; Server = 'https://kube.example:6443'; State = 'Pending'
            Databases = [KubeInject.Annotations.DatabaseInjection[]] $database; Findings = [KubeInject.Annotations.Finding[]] $finding
        }, 'HasErrors', $true
        'Cmdlets.Secrets.KubeSecret' = [KubeInject.Cmdlets.Secrets.KubeSecret]@{ Namespace = 'shop'; Name = 'orders'; Data = [System.Collections.Generic.Dictionary[string, object]]::new() }, 'Type', 'Opaque'
        'Cmdlets.Secrets.KubeServiceAccountToken' = [KubeInject.Cmdlets.Secrets.KubeServiceAccountToken]@{ Token = 'x'; Audience = [string[]] 'vault' }, 'ExpiresIn', $null
        'Diagnosis.Explanation' = [KubeInject.Diagnosis.Explanation]@{ Object = $orders; Verdict = 'The pod will be injected.'; Lines = [string[]] '1. Request' }, 'Verdict', 'The pod will be injected.'
        'Diagnosis.PodDiagnosis' = [KubeInject.Diagnosis.PodDiagnosis]@{
            Object = $orders; Injections = [KubeInject.Annotations.PodInjection[]] @(); Steps = [KubeInject.Diagnosis.DiagnosisStep[]] $step
        }, 'FirstFailed', $step
        'Injection.Annotating.AnnotationResult' = [KubeInject.Injection.Annotating.AnnotationResult]@{ Object = $orders; Status = 'Changed'; Changes = [string[]] 'Set orders.role.' }, 'Status', 'Changed'
        'Injection.InjectionResult' = [KubeInject.Injection.InjectionResult]@{ Object = $orders; Status = 'Injected'; Databases = $injected }, 'Databases', $injected[0]
        'Injection.Rotation.RotationResult' = [KubeInject.Injection.Rotation.RotationResult]@{ Object = $orders; Status = 'Rotated'; Databases = $injected }, 'Status', 'Rotated'
        'Installation.InstallationStatus' = [KubeInject.Installation.InstallationStatus]@{ Namespace = 'kubeinject'; Problems = [string[]] 'No controller leads.' }, 'IsReady', $false
        'Installation.InstalledObject' = [KubeInject.Installation.InstalledObject]::new($orders, 'Created'), 'Result', 'Created'
        'Kubernetes.Configuration.KubeContext' = [KubeInject.Kubernetes.Configuration.KubeContext]@{ Name = 'production'; KubeConfig = [string[]] '~/.kube/config' }, 'Name', 'production'
        'Kubernetes.Connection.ConnectionReport' = [KubeInject.Kubernetes.Connection.ConnectionReport]@{
            Server = 'https://kube.example:6443'; Reachable = $true
            ServerCertificate = [KubeInject.Kubernetes.Connection.CertificateSummary[]] @{ Subject = 'CN=kube-apiserver'; DaysLeft = 27 }
        }, 'ServerCertificateDaysLeft', 27
        'Kubernetes.Connection.KubeConnection' = [KubeInject.Kubernetes.Connection.KubeConnection]::Create([KubeInject.Kubernetes.Configuration.ConnectionSettings]@{ Server = 'https://kube.example:6443'; Namespace = 'shop' }), 'Namespace', 'shop'
        'Kubernetes.Objects.ObjectMetadata' = [KubeInject.Kubernetes.Objects.ObjectMetadata]@{ Kind = 'Pod'; Namespace = 'shop'; Name = 'orders-1' }, 'Name', 'orders-1'
        'Kubernetes.Objects.Pod' = $pod, 'Status', 'Running'
        'Kubernetes.Objects.PodEvent' = [KubeInject.Kubernetes.Objects.PodEvent]::new('Added', $pod), 'Pod', $pod
        'Leases.CredentialLease' = (New-Lease), 'Database', 'orders'
        'Leases.CredentialSource' = $source, 'Name', 'local'
        'Leases.LeaseSweepSummary' = [KubeInject.Leases.LeaseSweepSummary]@{
            Total = 2; Kept = 1; Failures = [KubeInject.Leases.LeaseFailure[]] [KubeInject.Leases.LeaseFailure]::new((New-Lease), 'Revoke', $false, [Exception]::new('Vault is sealed.'))
        }, 'Failed', 1
    }
}

Describe 'An object of the type <_>' -Tag NoCluster -ForEach $types {
    It 'can be created in a script' {
        $object, $property, $value = $samples[$_ -replace '^KubeInject\.']
        $object | Should -Not -BeNullOrEmpty
        $object.GetType().FullName | Should -Be $_
        $object.$property | Should -Be $value
    }

    It 'has properties that can be read and displayed' {
        $object = $samples[$_ -replace '^KubeInject\.'][0]
        foreach ($property in $object.GetType().GetProperties()) { { $property.GetValue($object) } | Should -Not -Throw }
        $object | Format-List * | Out-String | Should -Not -BeNullOrEmpty
    }

    It 'has text in the output of ConvertTo-Csv, and no names of types' {
        $row = $samples[$_ -replace '^KubeInject\.'][0] | ConvertTo-Csv | ConvertFrom-Csv
        $row.PSObject.Properties.Where{ $_.Value -match '(System|KubeInject|k8s)\.\w+' -and $_.Value -ne 'System.Security.SecureString' }.ForEach{ "$($_.Name): $($_.Value)" } | Should -BeNullOrEmpty
    }
}

Describe 'The CSV of collections' -Tag NoCluster {
    It 'has the names of databases, the codes of findings, and labels' {
        $result = $samples['Injection.InjectionResult'][0] | ConvertTo-Csv | ConvertFrom-Csv
        $result.Databases, $result.Object | Should -Be orders, shop/deployment/orders
        ($samples['Annotations.PodInjection'][0] | ConvertTo-Csv | ConvertFrom-Csv).Findings | Should -Be KI001
        ($injected, $database, $step).ForEach{ $_ | ConvertTo-Csv } | Should -Not -Match '(System|KubeInject)\.'
        $labeled = [KubeInject.Kubernetes.Objects.Pod]::Parse('{"metadata": {"name": "a", "labels": {"app": "a", "tier": "web"}}, "spec": {"containers": [{"name": "app"}, {"name": "proxy"}]}}')
        $row = $labeled | ConvertTo-Csv | ConvertFrom-Csv
        $row.Labels, $row.Containers | Should -Be 'app=a, tier=web', 'app, proxy'
    }

    It 'has the keys of a Secret, but no values' {
        $values = [System.Collections.Generic.Dictionary[string, object]]::new()
        $values['password'] = 'hunter2'
        $secret = [KubeInject.Cmdlets.Secrets.KubeSecret]@{ Namespace = 'shop'; Name = 'orders'; Data = $values }
        ($secret | ConvertTo-Csv | ConvertFrom-Csv).Data | Should -Be password
    }

    It 'is not the JSON, which keeps its structure' {
        $json = $samples['Annotations.PodInjection'][0] | ConvertTo-Json -Depth 3 -WarningAction Ignore | ConvertFrom-Json
        $json.Databases[0].Role, $json.Findings[0].Code | Should -Be orders-rw, KI001
        $json.Databases.GetType().Name | Should -Be 'Object[]'
        $labeled = [KubeInject.Kubernetes.Objects.Pod]::Parse('{"metadata": {"name": "a", "labels": {"app": "a"}}}')
        ($labeled | ConvertTo-Json -Depth 3 | ConvertFrom-Json).Labels.app | Should -Be a
        $labeled.Labels['missing'] | Should -BeNullOrEmpty
    }
}

Describe 'A runbook' -Tag NoCluster {
    It 'can be tested with leases that a mock returns' {
        Mock Get-CredentialLease { New-Lease Orphaned; New-Lease }
        $orphans = @(Get-CredentialLease $source | Where-Object State -EQ Orphaned)
        $orphans | Should -HaveCount 1
        { $orphans | Revoke-CredentialLease -WhatIf } | Should -Not -Throw
    }
}
